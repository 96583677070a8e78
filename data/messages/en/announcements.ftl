# What is announced: new levels, achievements, reached goals; and what is told when it cannot be.

announcement-level = 🎉 { $name } reached level { $level }!
announcement-level-and-achievement = { $count ->
    [one] 🎉 { $name } reached level { $level } and unlocked the achievement { $achievements }!
   *[other] 🎉 { $name } reached level { $level } and unlocked { $count } achievements: { $achievements }!
}
announcement-level-and-role = { $role_count ->
    [one] 🎉 { $name } reached level { $level } and earned the role { $roles }!
   *[other] 🎉 { $name } reached level { $level } and earned { $role_count } roles: { $roles }!
}
announcement-level-role-and-achievement = 🎉 { $name } reached level { $level }, earned { $role_count ->
    [one] the role { $roles }
   *[other] { $role_count } roles ({ $roles })
} and unlocked { $count ->
    [one] the achievement { $achievements }
   *[other] { $count } achievements: { $achievements }
}!
announcement-achievement = { $count ->
    [one] 🏅 { $name } unlocked the achievement { $achievements }!
   *[other] 🏅 { $name } unlocked { $count } achievements: { $achievements }!
}
announcement-goal = { $members ->
    [one] 🎯 Today’s goal is reached: { $members } member claimed the daily, for a bonus of { $xp } XP.
   *[other] 🎯 Today’s goal is reached: { $members } members claimed the daily. Everyone who claims today gets a bonus of { $xp } XP.
}
announcement-event-started = ⚡ **{ $name }** is on: { $factor }x XP until { $until } ({ $relative }).
announcement-event-ended = 🏁 **{ $name }** ({ $factor }x XP) is over. It ended { $relative }.

announcement-list = { $first }, { $next }
announcement-list-more = { $count ->
    [one] { $list } and { $count } more
   *[other] { $list } and { $count } more
}
announcement-role = **{ $role }**
announcement-unlocked = **{ $achievement }**
announcement-unlocked-again = **{ $achievement }** ×{ $times }

# Why announcements cannot go to a channel: announcement-problem-<problem>.
announcement-problem-gone = The channel { $channel } is gone
announcement-problem-forbidden = I may not write in { $channel }
announcement-problem-unsuitable = { $channel } takes no messages now: it is locked, or not a text channel

# What mends it: announcement-advice-<problem>.
announcement-advice-gone = Choose another channel with `{ $command }`.
announcement-advice-forbidden = { $permission ->
    [unknown] Give me the permissions **View Channel** and **Send Messages** there
   *[other] Give me the permission **{ $permission }** there
}, or choose another channel with `{ $command }`.
announcement-advice-unsuitable = Unlock it if it is locked, or choose a text channel with `{ $command }`.

announcement-trouble-told = { $problem }, so what I announce there is lost. XP is earned as ever. { $advice }
announcement-trouble-told-directly = In **{ $server }**: { $problem }, so what I announce there is lost. XP is earned as ever. { $advice }

# The small cards that go with announcements, where a server wants them.
level-up-card-headline = Level up
level-up-card-alt = { $name } reached level { $level }.
unlock-card-headline = Achievement unlocked
unlock-card-secret = A secret one
unlock-card-tier = { $tier ->
    [bronze] Bronze
    [silver] Silver
    [gold] Gold
   *[platinum] Platinum
}
unlock-card-alt = { $name } unlocked an achievement: { $achievement }.
