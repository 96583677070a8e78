# The daily reward and the goal of the day.

command-daily = Claims your daily reward and goes on with your streak.
command-goal = Shows how far the server is with its goal of the day.

daily-title = Daily reward: { $xp } XP
daily-recovered = Your streak is saved: this claim counted for yesterday, which you had missed. You can claim today's too, right now.
daily-lost = { $days ->
    [one] Your streak of { $days } day has ended. It happens to everyone.
   *[other] Your streak of { $days } days has ended. It happens to everyone, and it stays in your record.
} A new one begins today.
daily-level = 🎉 You have reached **level { $level }**!
daily-role = 🎖️ You have earned the role **{ $role }**.
daily-unlocked = { $emoji } Achievement unlocked: **{ $name }**{ $xp ->
    [0] {""}
   *[other] {" "}(+{ $xp } XP)
}
daily-unlocked-others = { $number ->
    [one] … and { $number } achievement more
   *[other] … and { $number } achievements more
}

daily-why-title = What it is made of
daily-part = { $part ->
    [base] Daily reward
    [streak] Streak bonus
   *[other] Other
}: +{ $xp } XP
daily-multiplier = { $multiplier }: × { $factor }
daily-multipliers = { $mode ->
    [largest] The largest alone counts
   *[add] Added up
}: × { $factor }
daily-goal-bonus = Server goal reached: +{ $xp } XP

daily-streak-title = Streak
daily-streak = 🔥 { $days ->
    [one] { $days } day
   *[other] { $days } days
} in a row · longest { $longest }
daily-next-title = Next daily
daily-next-ready = Ready now: `/daily`

goal-title = Server goal of the day
goal-open = { $bar } { $claimers } / { $target }
    { $missing ->
        [one] { $missing } more member claiming `/daily` today, and everyone who claims gets { $xp } XP.
       *[other] { $missing } more members claiming `/daily` today, and everyone who claims gets { $xp } XP.
    }
goal-reached = { $bar } { $claimers } / { $target }
    Reached! Everyone who claims `/daily` today gets { $xp } XP on top.
goal-yesterday-title = Server goal of yesterday, with your claim
goal-yesterday = { $bar } { $claimers } / { $target }
goal-ends-title = The day ends
