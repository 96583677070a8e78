# `help`.

command-help = Shows what I can do, or one command in full.
command-help-command = Which command; leave it out for all of them.

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
help-unknown = There is no command `{ $command }`. `help` alone shows all there are.
help-unknown-near = There is no command `{ $command }`. Did you mean `{ $nearest }`?
