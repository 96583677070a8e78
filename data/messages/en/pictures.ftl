# Pictures: what stands below them, and how members and admins say how they look.

pictures-as-text = As text
pictures-outdated = This picture is of another version of me: ask for it anew.

# A member's card. Its lines are short: they have the room of a card.
card-level-label = Level
card-level = { $level }
card-rank-label = Rank
card-rank = #{ $rank }
card-xp = { $xp } / { $needed } XP
card-highest = Highest level
card-total = { $xp } XP in all
card-streak-label = Streak
card-streak = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
# The card in words, for those who cannot see it.
card-alt = { $name }: level { $level }, { $highest ->
    [yes] the highest there is
   *[no] { $xp } of { $needed } XP to level { $next }
}. { $total } XP in all. { $rank ->
    [0] No rank yet
   *[other] Rank { $rank } of { $members }
}.{ $streak ->
    [0] {""}
    [one] {" "}A daily streak of { $streak } day.
   *[other] {" "}A daily streak of { $streak } days.
}

error-no-such-asset = { $kind ->
    [theme] This server has no theme `{ $name }` of its own.
   *[background] This server has no background `{ $name }`.
} `/cards list` shows what there is.
error-too-many-assets = This server has { $limit } { $kind ->
    [theme] themes
   *[background] backgrounds
} of its own, which is as many as it can have. Remove one with `/cards remove`.
