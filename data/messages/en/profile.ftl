# The profile of a member. It is shown for oneself and for others: no "you".

command-profile = Shows level, rank, streak and activity of a member.
command-profile-member = Whose profile; yours if left out

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
