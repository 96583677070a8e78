# `help`.

command-help = Shows what I can do, or one command in full.
command-help-command = Which command; leave it out for all of them

help-title = What I can do
help-intro = You earn XP by talking here and reach levels with it. Every command works with the prefix and as a slash command.
help-footer = {"<needed>"} · {"[optional]"} · { $prefix }help <command> tells more
help-category-progress = Your progress
help-category-server = This server
help-category-admin = Settings
help-category-other = More
help-line = `{ $usage }`: { $about }
help-line-with-aliases = `{ $usage }` (also { $aliases }): { $about }
help-aliases = Also called
help-subcommands = Its commands
help-parameters = What it takes
help-parameter = `{ $parameter }`: { $about }
help-also-slash = Also as /{ $command }
help-not-allowed = `{ $command }` needs the permission { $permissions }, which you do not have.
help-unknown = There is no command `{ $command }`. `/help` alone shows all there are.
help-unknown-near = There is no command `{ $command }`. Did you mean `{ $nearest }`?

# The pages of the docs that are generated: docs/commands.md, docs/settings.md.

docs-commands-title = Commands
docs-commands-intro = Each works with the prefix (`{ $prefix }` unless the server has chosen another) and as a slash command, in servers only. What stands in `<…>` is needed, what stands in `[…]` is optional. A mention of the bot works in place of the prefix. Buttons below a reply work for whoever asked; they go away after some minutes without a press, and after a press on a reply that is older than a day. This page is generated: `python -m cogs.documentation`.
docs-commands-admin = These need the permission Manage Server.
docs-commands-parameter = * `{ $parameter }`: { $about }
docs-commands-aliases = * Also: { $aliases }
docs-settings-title = Settings of a server
docs-settings-intro = Every number is a rule that those with the permission Manage Server can change: `{ $prefix }config set <rule> <value>`, `{ $prefix }config reset <rule>`; `{ $prefix }config show` shows what differs from the defaults, who changed it and when. The section may be left out where only one has a rule of the name. A whole number may be typed as `1,000` or `1.5k`, and a time in any unit: `30s`, `5m`, `2h`, `1d`. A server keeps the defaults of the day it was first seen: an upgrade never changes its rules. This page is generated from the rules themselves: `python -m cogs.documentation`.
docs-settings-columns = | rule | default | takes | what it is for |
