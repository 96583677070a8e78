# `event`: times in which XP is multiplied.

error-event-exists = An event called `{ $event }` runs or is to come already. Give this one another name, or end that one with `event stop { $event }`.
error-event-length = An event lasts between a minute and { $days } days.
error-event-name = An event cannot be called `{ $event }`: a name has 1 to { $limit } visible characters, and none of , " < > @ and backticks.
error-event-time = An event cannot begin { $from_at }: it begins now or later, within { $days } days.
error-no-such-event = { $names ->
    [none] There is no event to end.
   *[other] There is no event `{ $event }`. There are: `{ $names }`.
}
error-several-events = Say which event is meant. There are: `{ $names }`.
error-too-many-events = { $limit } events run or are to come, which is as many as there can be. End one first with `event stop`.

command-event = Lets XP be multiplied for a while.
command-event-start = Begins an event, now or later: XP is multiplied while it runs.
command-event-start-factor = What XP is multiplied by, such as 2x
command-event-start-length = How long it lasts, such as 48h, 2d or 90m
command-event-start-name = What it is called
command-event-start-at = When it begins: in 3h, 18:00, 2026-01-31 18:00. Leave it out for now
command-event-stop = Ends an event now, or calls off one that is to come.
command-event-stop-name = Which one; may be left out where there is only one
command-event-list = Shows the events that run and are to come. For everybody.

event-no-length = `{ $length }` is no length of time. Say it like 48h, 2d, 90m or 1d12h.
event-no-time = I cannot read `{ $time }` as a time. Say it like `in 3h`, `18:00` or `2026-01-31 18:00` (in { $zone }). If it belongs to the name, put the name in quotation marks.
event-to-come = **{ $name }** begins { $begins } ({ $relative }) and lasts { $length }: { $factor }x XP.
event-stopped = 🏁 **{ $name }** is over. What was written before now keeps what it earned.
event-called-off = **{ $name }** is called off. It had not begun.
event-overlaps = It overlaps with { $names }. While both run, { $mode ->
    [add] they are added up
    [largest] the larger counts
   *[multiply] they are multiplied
}.
event-leveling-off = Leveling is **off** in this server, so nobody earns anything. `{ $prefix }config enabled on` switches it on.
event-told-here = I will tell of its beginning and its end here.
event-told-in = I tell of its beginning and its end in { $channel }.
event-told-nowhere = Its beginning and its end are announced nowhere. `{ $prefix }config announce event here` changes that.

event-list-title = Events
event-running-title = On now
event-to-come-title = To come
event-none = No event runs or is to come.
event-list-footer = { $prefix }event start <factor> <length> <name> [at] · { $prefix }event stop [name]
