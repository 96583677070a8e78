# The statistics of a member. They are shown for oneself and for others: no "you".

command-xpstats = Shows the XP of a member's last days as a chart.
command-xpstats-days = Of how many days; 7 if left out
command-xpstats-member = Whose statistics; yours if left out
command-activity = Shows at which hours of the week a member is active.
command-activity-member = Whose hours; yours if left out
command-compare = Shows two members side by side.
command-compare-member = Who is compared
command-compare-other = With whom; with you if left out

xpstats-title = XP of the last { $days } days
xpstats-nothing = No XP in these days. Messages and `/daily` earn some.
xpstats-summary-loss = { $xp } XP less in these days · now level { $level } with { $total } XP in all
xpstats-summary = { $xp } XP earned · now level { $level } with { $total } XP in all
xpstats-forecast = Level { $level } comes on { $day } at the pace of the last { $days } days: { $xp } XP, achievements not counted.
xpstats-day-of-year = { $day } { $year }
xpstats-taken = { $xp } XP were taken away on these days and are in no column.
xpstats-span = { $first } – { $last }
xpstats-tick = { $xp }
xpstats-empty = No XP in these days
xpstats-alt = XP of { $name } in the last { $days } days, by day and source.
xpstats-alt-best = Best day: { $day } · { $xp } XP
xpstats-button = { $view ->
    [hours] Hours
   *[other] { $view } days
}
xpstats-days-title = By day
xpstats-amount = { $xp } XP
xpstats-best-title = Best day
xpstats-best = { $day } · { $xp } XP
xpstats-average-title = Average of an active day
xpstats-average = { $xp } XP
xpstats-sources-title = Where it came from
xpstats-source = { $source } · { $xp } XP
xpstats-source-rest = Everything else · { $xp } XP
xpstats-source-name = { $source ->
    [message] Messages
    [daily] Daily rewards
    [goal] Server goals
    [achievement] Achievements
    [admin] By hand
   *[other] Other
}
xpstats-events-title = Last events
xpstats-event = **{ $sign }{ $xp } XP** { $what } · { $when }
xpstats-event-daily = Daily reward, day { $streak } of the streak
xpstats-event-achievement = Achievement { $name }
xpstats-event-revoked = Achievement { $name }, taken back
xpstats-event-by-hand = { $mode ->
    [give] Given by hand
    [take] Taken by hand
    [set] Set by hand
    [reset] Reset by hand
   *[undo] A change by hand, taken back
}
xpstats-event-day = { $awards } messages of a day
xpstats-event-other = { $source ->
    [message] Message
    [goal] Server goal reached
   *[other] Other
}

activity-title = Hours of the week
activity-subtitle = { $name } · messages that earned XP · last { $weeks } weeks · { $zone }
activity-summary = { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
} earned XP in the last { $weeks } weeks. Busiest hour: { $weekday } { $hour }, time zone { $zone }.
activity-nothing = No message earned XP in the last { $weeks } weeks.
activity-left-out = { $messages ->
    [one] { $messages } older message is left out: this server keeps
   *[other] { $messages } older messages are left out: this server keeps
} the sum of that day only, without hours.
activity-days-title = By weekday
activity-weekday = { $weekday } · { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
} · most { $hour }
activity-weekday-quiet = { $weekday } · none
activity-hour = { $hour }:00–{ $hour }:59
activity-hour-short = { $hour }
activity-low = quiet
activity-high = busy
activity-empty = Nothing yet
activity-alt = Hours of the week of { $name }: how many messages earned XP at each hour, last { $weeks } weeks.

compare-title = Side by side
compare-versus = vs
compare-row = { $row ->
    [xp] XP
    [level] Level
    [messages] Messages
    [streak] Streak
    [achievements] Achievements
   *[rank] Rank
}
compare-value-xp = { $value } XP
compare-value-level = { $value }
compare-value-messages = { $value }
compare-value-streak = { $value ->
    [one] { $value } day
   *[other] { $value } days
}
compare-value-achievements = { $value } of { $achievements }
compare-value-rank = { $value ->
    [0] none yet
   *[other] #{ $value }
}
compare-level-detail = Level { $level }
compare-line = { $label } · { $value }
compare-lead = { $name } leads by { $xp } XP.
compare-equal = Both have the same XP.
compare-alt = { $left } and { $right } side by side.
compare-alt-row = { $label }: { $left } · { $right }
error-compare-same = That is one and the same member. Name two, or one to compare with you.
