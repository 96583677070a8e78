# What people read when something is refused or fails. Names of refusals by the rules: error-<code>.

error-already-claimed = You have claimed today's daily already. The next one is ready { $next_claim_at }.
error-leveling-off = Leveling is switched off in this server. An admin switches it on with `/config enabled on`.
error-unknown-rule = There is no rule `{ $rule }`. Did you mean `{ $nearest }`?
error-no-such-rule = There is no rule `{ $rule }`. `/config show` lists them all, section by section.
error-invalid-rule = `{ $rule }` cannot be `{ $value }`: it takes { $expected }.
error-rule-conflict = `{ $rule }` cannot be `{ $value }` as the other rules are: { $problem }
error-rule-moved = `{ $rule }` has been changed meanwhile: it is `{ $value }` now, and stays so. Look at it again, then change it.
error-rule-unusable = What is stored under `{ $rule }` cannot be used by this version, so nothing was changed. Keep what `/config show { $section }` shows of it, then empty it with `/config reset { $rule }`.
error-invalid-curve = That makes no { $curve } curve: { $problem }. It takes { $expected }.
error-level-range = There is no level { $level }: levels go from { $first_level } to { $last_level }.
error-refused = That is not possible here.

error-storage = My storage is not available right now, so nothing was changed. Please try again in a little while.
error-storage-unavailable = My storage is not available right now, so nothing was changed. Messages are kept and count as soon as it is back. Please try again in a little while.
error-unexpected = Something went wrong on my side, sorry. If it happens again, tell whoever runs me this id: `{ $id }`.

error-missing-argument = Something is missing: `{ $argument }`.
error-missing-attachment = A file is missing: attach it to the message.
error-too-many-arguments = That is more than this command takes.
# Where a group of commands is followed by a word that is none of them.
error-no-subcommand = There is no command `{ $command }`. There are: { $there }.
# Follows what was wrong, where the word might have been meant for a command.
error-subcommands = If you meant a command, there are: { $there }.
error-bad-argument = I did not understand that.
error-member-not-found = I know nobody here called `{ $argument }`. Mention them, or give their name or id.
error-channel-not-found = I cannot find or read a channel `{ $argument }`. Mention it, or give its name or id.
error-channel-not-read = I cannot find or read the channel { $channel }. Let me see it, or name another one.
error-role-not-found = There is no role `{ $argument }` in this server. Mention it, or give its id, or its name in quotation marks.
error-range = `{ $value }` will not do: it takes a value from { $minimum } to { $maximum }.
error-range-above = `{ $value }` will not do: it takes { $minimum } or more.
error-range-below = `{ $value }` will not do: it takes { $maximum } or less.
error-not-on-or-off = `{ $argument }` will not do: say `on` or `off`.
error-not-a-choice = `{ $argument }` will not do: say one of { $choices }.
# Follows what was wrong with a command that was typed wrongly.
error-usage = It goes like this: `{ $usage }`

error-quotes = The quotation marks do not pair up. Leave them out, or put a backslash before the one you mean.

error-cooldown = { $seconds ->
    [one] Not so fast: try again in { $seconds } second.
   *[other] Not so fast: try again in { $seconds } seconds.
}
error-busy = I am still busy with this. Try again in a moment.
error-server-only = This works in a server only, not in direct messages.
error-missing-permissions = You need the permission { $permissions } for this.
error-bot-missing-permissions = I need the permission { $permissions } for this. An admin can give it to me.
error-forbidden = Discord does not let me do this here: I lack a permission in this channel.
error-disabled = This command is switched off.
error-not-allowed = You may not use this command here.
error-outdated-command = This command has changed meanwhile. Restart your Discord app and try again.
