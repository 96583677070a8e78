# `multipliers`: what XP is multiplied by.

error-invalid-factor = `{ $value }` is no factor. Say a number from { $lowest } to { $highest }, such as 2 or 1.5x. For no XP at all there is `noxp add`.

multipliers-factor-missing = The factor is missing: say a number behind `{ $target }`, such as 2 or 1.5x.

command-multipliers = Says what XP is multiplied by.
command-multipliers-list = Shows what multiplies and bounds your XP here and now, and all multipliers. For everybody.
command-multipliers-set = Sets what XP is multiplied by: in the server, in a place, or for a role.
command-multipliers-set-factor = Such as 2 or 1.5x
command-multipliers-set-channel = A channel, category or thread; leave it out for the whole server
command-multipliers-set-role = A role
command-multipliers-remove = Removes the multiplier of the server, of a place or of a role.
command-multipliers-remove-entry = server, or the name, mention or id of a place or role
command-multipliers-combine = Chooses how several multipliers come together.
command-multipliers-combine-mode = 2x and 1.5x make 3x (multiply), 2.5x (add) or 2x (largest)

multipliers-server = this server
multipliers-set = { $kind ->
    [server] All XP in this server is multiplied by { $factor } from now on.
    [role] The XP of members with { $target } is multiplied by { $factor } from now on.
    [category] XP of messages in the channels of { $target } is multiplied by { $factor } from now on.
   *[place] XP of messages in { $target } is multiplied by { $factor } from now on.
} { $before ->
    [none] Before, it was not.
   *[other] Before, it was { $before }x.
}
multipliers-was-set = The multiplier of { $target } is { $factor }x already: nothing was changed.
multipliers-removed = The multiplier of { $target } is gone. It was { $factor }x.
multipliers-not-there = { $target } has no multiplier: nothing was changed. `multipliers list` shows what there is.
multipliers-no-target = I know no channel, category, thread or role `{ $target }` here. Mention it, or give its name or id; `server` stands for all of this server.
multipliers-no-members = { $target } is a member. Multipliers belong to the server, to places and to roles.
multipliers-combined = { $mode ->
    [add] Several multipliers are added up from now on: 2x and 1.5x make 2.5x.
    [largest] Of several multipliers the largest alone counts from now on: 2x and 1.5x make 2x.
   *[multiply] Several multipliers are multiplied from now on: 2x and 1.5x make 3x.
}

multipliers-title = Multipliers
multipliers-off = Leveling is off in this server, so nobody earns anything.
multipliers-refused = Your messages earn nothing here, whatever multiplies them.
multipliers-here-title = For you, here and now
multipliers-none-here = Nothing multiplies your XP here now.
multipliers-all-title = All there are
multipliers-applies = { $name }: { $factor }x
multipliers-name-server = This server
multipliers-name-category = { $what }
multipliers-name-channel = { $what }
multipliers-name-thread = { $what }
multipliers-name-role = { $what }
multipliers-name-booster = Server booster
multipliers-name-event = ⚡ { $what }
multipliers-name-limit = The most there can be
multipliers-name-gone = `{ $id }`, which is gone
multipliers-total = { $count ->
    [one] **Your messages here earn { $factor }x.**
   *[other] **Your messages here earn { $factor }x** ({ $mode ->
        [add] added up
        [largest] the largest alone counts
       *[multiply] multiplied
    }).
}
multipliers-ceiling = Your messages may earn { $most } XP { $period ->
    [minute] this minute
    [hour] this hour
   *[day] this day
}, until { $until }, and have earned { $reached ->
    [yes] all of it
   *[no] { $earned }
}.
multipliers-line = { $target }: { $factor }x
multipliers-gone = { $target } is gone, or an archived thread: `{ $command }`
multipliers-booster = Who boosts the server: { $factor }x
multipliers-combine = Several are { $mode ->
    [add] added up (2x and 1.5x make 2.5x)
    [largest] not combined: the largest alone counts
   *[multiply] multiplied (2x and 1.5x make 3x)
}, up to { $limit }x in all.
multipliers-footer = { $prefix }multipliers set <server|role|category|channel|thread> <factor> · { $prefix }event list
