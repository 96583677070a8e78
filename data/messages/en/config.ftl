# `config`: what those who manage a server read.

command-config = Shows and changes the rules of this server.
command-config-show = Shows what this server has changed, or all rules of a section.
command-config-show-section = Which section; leave it out for an overview
command-config-set = Changes a rule of this server.
command-config-set-rule = Which rule, such as earning.cooldown_seconds
command-config-set-value = Its new value. `/config show` with the section says what it takes
command-config-reset = Gives a rule its default back.
command-config-reset-rule = Which rule, such as earning.cooldown_seconds
command-config-announce = Chooses where new levels, achievements, reached goals or events are announced.
command-config-announce-kind = What is announced
command-config-announce-where = A channel; here, for where it happened; or off
command-config-prefix = Chooses what commands begin with in this server.
command-config-prefix-prefix = 1 to 5 visible characters, or default
command-config-enabled = Switches leveling on or off in this server.
command-config-enabled-state = On or off

config-changed = **{ $rule }**: { $old } → { $new }
config-unchanged = **{ $rule }** is { $value } already.
config-cannot-write = I cannot write in { $channel } yet: give me the permission **{ $permission }** there.
config-audit-public = Everybody can read { $channel }. What those who manage the server do will be seen there by all.
config-prefix-elsewhere = This bot does not take its prefix from here, so the old one stays in use. Whoever runs the bot can change that.
config-roles-stay = Nobody’s roles change by this alone: `{ $prefix }rewards sync` gives and takes what is due now.
config-curve-unused = It is used only once `curve.kind` is { $kinds }; now that is `{ $kind }`.
config-or = { $first } or { $next }
config-no-text-channel = `{ $channel }` takes no messages. Choose a text channel or a thread.
config-managed = `{ $rule }` has a command of its own, which looks at more than the value: `/{ $command }`. `/config reset { $rule }` empties it.
config-is-section = `{ $section }` is a section. Its rules: { $rules }.
config-no-section = There is no section `{ $section }`. There are: { $sections }.

config-show-title = Rules of this server
config-show-on = Leveling is on.
config-show-off = Leveling is **off**: nobody earns anything. `{ $prefix }config enabled on` switches it on.
config-show-footer = { $prefix }config show <section> · { $prefix }config set <rule> <value> · { $prefix }config reset <rule>
config-show-troubles = ⚠️ What cannot be announced or given
config-show-trouble = { $problem } (since { $since })
config-show-differs = What differs from the defaults
config-show-nothing-differs = Nothing.
config-show-sections = Sections
config-show-storage = Storage
config-storage-well = All is well.
config-storage-closed = ⚠️ It has begun to fail: nothing could be written since { $since }.
config-storage-open = ⚠️ It fails again and again, so I try it once a minute: nothing could be written since { $since }.
config-storage-half-open = ⚠️ I am trying whether it works again: nothing could be written since { $since }.
config-storage-proving = It works again. I trust it once a few more things are written.
config-storage-problem = What it says: `{ $problem }`. What mends it: { $cure }.
config-storage-waiting = { $count ->
    [one] { $count } entry waits and will be counted as soon as it works.
   *[other] { $count } entries wait and will be counted as soon as it works.
}
config-storage-refused = { $count ->
    [one] { $count } entry came when too many waited already. It is lost.
   *[other] { $count } entries came when too many waited already. They are lost.
}
config-show-section = { $count ->
    [one] `{ $section }`: { $count } rule
   *[other] `{ $section }`: { $count } rules
}
config-show-section-title = Rules: { $section }
config-show-section-footer = ● differs from the default · { $prefix }config set <rule> <value> · { $prefix }config reset <rule>
config-show-changed = ● **{ $rule }**: { $value } (default { $default })
config-show-changed-by = changed by { $member } { $when }
config-show-default = **{ $rule }**: { $value }
config-show-about = { $description } Takes { $expected }.
