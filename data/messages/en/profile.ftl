# The profile and the statistics of a member. They are shown for oneself and for others: no "you".

command-profile = Shows level, rank, streak and activity of a member.
command-profile-member = Whose profile; yours if left out
command-xpstats = Shows the XP of a member's last seven days.
command-xpstats-member = Whose statistics; yours if left out

profile-title = Level { $level }
profile-newcomer = Everything is still ahead. The first message earns the first XP, and `/daily` earns some every day.

profile-level-title = Level progress
profile-level = { $bar } { $xp } / { $needed } XP
    { $missing } XP to level { $next }
profile-highest-level = { $bar } This is the highest level there is.

profile-rank-title = Rank
profile-rank = #{ $rank } of { $members }
profile-rank-none = None yet

profile-xp-title = Total XP
profile-xp = { $xp } XP

profile-achievements-title = Achievements
profile-achievements = { $unlocked } of { $achievements }

profile-streak-title = Daily streak
profile-streak = 🔥 { $days ->
    [one] { $days } day
   *[other] { $days } days
} in a row · longest { $longest }
profile-streak-lost = { $days ->
    [one] A streak of { $days } day has ended.
   *[other] A streak of { $days } days has ended.
} Longest { $longest }. The next claim begins a new one.
profile-streak-none = No streak yet.
profile-daily-ready = The daily reward is ready: `/daily`
profile-daily-later = Next daily reward { $until }

profile-activity-title = Activity
profile-activity-messages = { $number ->
    [one] { $number } message
   *[other] { $number } messages
}
profile-activity-images = { $number ->
    [one] { $number } with a picture
   *[other] { $number } with pictures
}
profile-activity-links = { $number ->
    [one] { $number } with a link
   *[other] { $number } with links
}
profile-activity-long = { $number ->
    [one] { $number } long one
   *[other] { $number } long ones
}
profile-activity-commands = { $number ->
    [one] { $number } command
   *[other] { $number } commands
}

profile-boosting-title = Server boost
profile-boosting = { $days ->
    [0] 🚀 Boosting since today
    [one] 🚀 Boosting for { $days } day
   *[other] 🚀 Boosting for { $days } days
}

xpstats-title = XP of the last { $days } days
xpstats-nothing = No XP in these days. Messages and `/daily` earn some.
xpstats-summary-loss = { $xp } XP less in these days · now level { $level } with { $total } XP in all
xpstats-summary = { $xp } XP earned · now level { $level } with { $total } XP in all
xpstats-days-title = By day
xpstats-amount = { $xp } XP
xpstats-best-title = Best day
xpstats-best = { $day } · { $xp } XP
xpstats-average-title = Average of an active day
xpstats-average = { $xp } XP
xpstats-sources-title = Where it came from
xpstats-source = { $source ->
    [message] Messages
    [daily] Daily rewards
    [goal] Server goals
    [achievement] Achievements
    [admin] By hand
   *[other] Other
} · { $xp } XP
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
