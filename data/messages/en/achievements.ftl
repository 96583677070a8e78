# Lists of achievements. Their names and descriptions are content: data/achievements.

command-achievements = Shows the achievements of a member: how far each is, and how rare.
command-achievements-member = Whose achievements; yours if left out
command-nextachievement = Shows the three achievements that you are nearest to.

achievements-title = Achievements: { $unlocked } of { $achievements }
achievements-none = There are no achievements in this server.
achievements-page = Page { $page } of { $pages }
achievements-hidden = { $hidden ->
    [one] { $hidden } secret one still hidden
   *[other] { $hidden } secret ones still hidden
}
achievements-section = ### { $title } · { $unlocked } of { $achievements }
achievements-tier = { $tier ->
    [bronze] 🥉 Bronze
    [silver] 🥈 Silver
    [gold] 🥇 Gold
    [platinum] 💠 Platinum
   *[secret] ❓ Secret
}
achievements-unknown = ❓ ??? · Secret
achievements-unknown-how = What it takes is shown once it is unlocked.
achievements-unknown-state = 🔒 Not unlocked yet
achievements-heading = { $emoji } { $name } · { $tier ->
    [bronze] 🥉 Bronze
    [silver] 🥈 Silver
    [gold] 🥇 Gold
   *[platinum] 💠 Platinum
}{ $xp ->
    [0] {""}
   *[other] {" "}· +{ $xp } XP
}
achievements-unlocked = ✅ Unlocked on { $date }
achievements-repeated = ✅ { $times ->
    [one] Unlocked { $times } time, on { $date }
   *[other] Unlocked { $times } times, first on { $date }
}
achievements-progress = { $bar } { $percent } %
achievements-from = { $progress } · begins on { $date }
achievements-until = { $progress } · until { $date }
achievements-over = { $progress } · over since { $date }

achievements-by-tier = By tier
achievements-by-category = By category

# How many members have an achievement.
rarity-nobody = nobody has it yet
rarity-hardly-anybody = fewer than 0.1 % have it
rarity-share = { $percent } % have it

next-title = Next achievements
next-none = There is nothing left to unlock: you have them all.
next-missing = Still missing: { $missing }
next-missing-join = {", "}
next-missing-more = { $counter ->
    [level] { $left ->
        [one] { $left } level
       *[other] { $left } levels
    }
    [xp] { $left } XP
    [messages] { $left ->
        [one] { $left } message
       *[other] { $left } messages
    }
    [images] { $left ->
        [one] { $left } message with a picture
       *[other] { $left } messages with a picture
    }
    [links] { $left ->
        [one] { $left } message with a link
       *[other] { $left } messages with a link
    }
    [long_messages] { $left ->
        [one] { $left } long message
       *[other] { $left } long messages
    }
    [commands] { $left ->
        [one] { $left } command
       *[other] { $left } commands
    }
    [streak] { $left ->
        [one] { $left } day in a row
       *[other] { $left } days in a row
    }
    [longest_streak] { $left ->
        [one] { $left } day on top of your longest streak
       *[other] { $left } days on top of your longest streak
    }
    [dailies] { $left ->
        [one] { $left } daily reward
       *[other] { $left } daily rewards
    }
    [boost_days] { $left ->
        [one] { $left } day of boosting
       *[other] { $left } days of boosting
    }
    [rank_improvement] { $left ->
        [one] { $left } place to climb
       *[other] { $left } places to climb
    }
    [goals_completed] { $left ->
        [one] { $left } server goal
       *[other] { $left } server goals
    }
    [achievements] { $left ->
        [one] { $left } achievement
       *[other] { $left } achievements
    }
   *[other] { $left } of { $counter }
} ({ $have } of { $need })
next-missing-less = { $counter ->
    [level] level { $need } or lower
    [xp] no more than { $need } XP
    [messages] no more than { $need } messages
    [images] no more than { $need } messages with a picture
    [links] no more than { $need } messages with a link
    [long_messages] no more than { $need } long messages
    [commands] no more than { $need } commands
    [streak] a streak of { $need } days or fewer
    [longest_streak] a longest streak of { $need } days or fewer
    [dailies] no more than { $need } daily rewards
    [boost_days] no more than { $need } days of boosting
    [rank_improvement] no more than { $need } places climbed
    [goals_completed] no more than { $need } server goals
    [achievements] no more than { $need } achievements
   *[other] no more than { $need } of { $counter }
} (now { $have })
next-missing-no-rank = { $counter ->
    [best_rank_of_10] a rank while at least 10 members have one
   *[best_rank_of_30] a rank while at least 30 members have one
}
next-missing-rank = rank { $need } or better (best so far: { $have })
