# `config panel`: the rules in menus and buttons.

command-config-panel = Opens a panel in which the rules of this server are shown and changed by menus and buttons.
command-config-panel-section = Which section it opens at; leave it out to choose there

panel-title = Settings of this server
panel-on = Leveling is on.
panel-off = Leveling is **off**: nobody earns anything. `general.enabled` switches it on.
panel-differ = { $count ->
    [0] No rule differs from its default. Choose a section to see its rules.
    [one] { $count } rule differs from its default. Choose a section to see its rules.
   *[other] { $count } rules differ from their defaults. Choose a section to see its rules.
}
panel-section-title = Settings: { $section }
panel-line = **{ $rule }**: { $value }
panel-line-changed = ● **{ $rule }**: { $value }
panel-choose-section = Choose a section
panel-choose-rule = Choose a rule
panel-choose-further-rule = More rules
panel-choose-value = Choose a value
panel-choose-channel = Choose a channel

panel-value-title = Now
panel-default-title = Default
panel-expected-title = Takes
panel-changed-title = Changed
panel-changed-by = by { $member } { $when }
panel-managed = `/{ $command }` changes it: that looks at more than the value.
panel-invalid = ⚠️ What is stored cannot be used any more, so the default holds. Reset it or set it anew.

panel-word = { $word ->
    [on] On
    [off] Off
    [here] Where it happened
   *[other] { $word }
}
panel-change = Change
panel-reset = Reset to default
panel-back = Back
panel-form-value = New value
panel-form-expected = Takes { $expected }
panel-too-long = `{ $rule }` is too long for a form. Use `/config set`.
panel-outdated = This panel is from another version of mine. Open a new one with `/config panel`.
