# The leaderboard. $board is xp, streak, week or month.

command-leaderboard = Shows who leads in this server, and where you stand.
command-leaderboard-board = What counts: xp (all there is), week or month (XP of that time), streak (days in a row)
command-leaderboard-page = Which page, ten members each
command-dailyboard = Shows who has the longest daily streaks in this server, and where you stand.
command-dailyboard-page = Which page, ten members each

leaderboard-title = { $board ->
    [streak] Streak leaderboard
   *[xp] XP leaderboard
}
leaderboard-title-period = { $board ->
    [week] XP of this week
   *[month] XP of this month
}: { $first } to { $last }
leaderboard-empty = { $board ->
    [week] Nobody has earned XP this week. Write a message, and the board begins with you.
    [month] Nobody has earned XP this month. Write a message, and the board begins with you.
    [streak] Nobody has a daily streak right now. Claim with `/daily`, and the board begins with you.
   *[xp] Nobody has earned XP yet. Write a message, and the board begins with you.
}
leaderboard-line-xp = { $rank ->
    [1] 🥇 **#1**
    [2] 🥈 **#2**
    [3] 🥉 **#3**
   *[other] **#{ $rank }**
} { $name } · level { $level } · { $value } XP
leaderboard-line-period = { $rank ->
    [1] 🥇 **#1**
    [2] 🥈 **#2**
    [3] 🥉 **#3**
   *[other] **#{ $rank }**
} { $name } · { $value } XP
leaderboard-line-streak = { $rank ->
    [1] 🥇 **#1**
    [2] 🥈 **#2**
    [3] 🥉 **#3**
   *[other] **#{ $rank }**
} { $name } · { $value ->
    [one] { $value } day
   *[other] { $value } days
}
leaderboard-you = **{ $name }** (you)
leaderboard-moved = { $text } { $movement }
leaderboard-climbed = ▲{ $ranks }
leaderboard-fallen = ▼{ $ranks }
leaderboard-new = *new*

leaderboard-own-title = Your place
leaderboard-own-xp = #{ $rank } of { $members } · level { $level } · { $value } XP
leaderboard-own-period = #{ $rank } of { $members } · { $value } XP
leaderboard-own-streak = #{ $rank } of { $members } · { $value ->
    [one] { $value } day
   *[other] { $value } days
}
leaderboard-to-pass = { $xp } XP to pass { $name }
leaderboard-own-none-xp = You are not on the board yet. Your next message puts you there.
leaderboard-own-none-period = You have no XP on this board yet. Your next message puts you there.
leaderboard-own-none-streak = You have no streak right now. Claim with `/daily` to begin one.

leaderboard-footer = Page { $page } of { $pages } · { $members ->
    [one] { $members } member
   *[other] { $members } members
}
leaderboard-footer-moved = { leaderboard-footer } · ▲ ▼ since yesterday
leaderboard-find-me = Find me
leaderboard-picture = Picture
leaderboard-pages = Pages
leaderboard-no-picture = The picture cannot be drawn right now. Here is the board as text, as before.

# The board as a picture. Its lines are short.
command-topten = Shows the ten who lead as a picture, and where you stand.
command-topten-board = What counts: xp (all there is), week or month (XP of that time), streak (days in a row)
leaderboard-picture-rank = { $rank }
leaderboard-picture-xp = { $value } XP
leaderboard-picture-days = { $value ->
    [one] { $value } day
   *[other] { $value } days
}
leaderboard-picture-level = Level { $level }
leaderboard-picture-own = You: { $place }
leaderboard-picture-empty = Nobody is on it yet
# The picture in words, for those who cannot see it.
leaderboard-alt = { $title }, { $guild }
leaderboard-alt-line = { $rank }. { $name }: { $value }
