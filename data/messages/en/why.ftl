# `why`: how XP came about, and what kept a message from earning any. It is shown for oneself and for others:
# no "you".

command-why = Explains where XP came from, and why a message earned none.
command-why-member = Whose XP, for those who manage the server; yours if left out
command-why-message = A link to one message

why-title = Why this XP?
why-footer = { $prefix }why <message link> explains one message
why-before-title = Before that
why-nothing = Nothing has changed this XP yet, and I remember no message that earned none.
why-memory = -# Of messages that earned nothing I remember the last { $count } of each member, and none from before { $since }.
why-storage = ⚠️ My storage fails since { $since }. Messages of this time are kept and count as soon as it works.
why-now = **As it is now:** { $reason }
why-since = -# Since the last message that earned XP: { $refused }.

why-only-own = You can ask about your own XP only. Those with the permission Manage Server can ask about anybody’s.
why-no-link = That is no link to a message. Copy one from the menu of the message: “Copy Message Link”.
why-no-such-id = I know nobody with the id `{ $id }`. If it is that of a message, copy the link to it instead, from its menu: “Copy Message Link”.
why-not-found = I find no message there that you can ask about.

# What earned XP: why-what-<source>.
why-event = **{ $sign }{ $xp } XP** · { $what } · { $when }
why-what-message = [a message]({ $link })
why-what-daily = daily reward
why-what-goal = server goal reached
why-what-day = { $awards } messages of { $day }
why-what-adjusted = { $mode ->
    [give] given by hand
    [take] taken by hand
    [set] set by hand
    [reset] reset by hand
   *[undo] a change by hand was taken back
}
why-what-with = { $what }, with { $kind ->
    [achievement] { $count ->
        [one] another
       *[other] { $count } others
    }
   *[other] { $count ->
        [one] an achievement
       *[other] { $count } achievements
    }
}
why-unlocked = achievement **{ $name }**
why-revoked = achievement **{ $name }** was taken back
why-also = { $sign }{ $xp } XP · { $what }
why-level = Level { $before } → { $after }

# The parts of an award: why-part-<name>.
why-part-roll = Rolled: { $xp } XP
why-part-base = Base: { $xp } XP
why-part-streak = For the streak: { $xp } XP
why-together = Together { $factor }x ({ $mode ->
    [add] added up
    [largest] the largest alone counts
   *[multiply] multiplied
})
why-result = = { $xp } XP
why-ceiling = Only { $xp } of { $earned } XP were added: the ceiling is { $most } XP { $period ->
    [minute] a minute
    [hour] an hour
   *[day] a day
}.
why-highest = Only { $xp } of { $earned } XP could be added: nobody can have more in all.
why-goal = Everybody who claimed the daily reward that day got { $xp } XP when the goal was reached.
why-folded = These awards were summed up because they are old. What each came from is not kept.
why-before = -# Between this and the award before it: { $refused }.

why-adjusted = { $before } → { $after } XP
why-adjusted-by = By { $actor }
why-adjusted-reason = Reason: { $reason }
why-cut-low = Only { $done } of { $asked } XP could be taken: nobody has less than 0.
why-cut-high = Only { $done } of { $asked } XP could be added: nobody can have more in all.

# A message that earned nothing.
why-refused = **No XP** · [a message]({ $link }) · { $when }
why-refused-because = { $refused }: { $reason }
why-message = **No XP** · [this message]({ $link }) · { $when }
why-gone = `{ $id }`, which is gone

# Why: why-refusal-<reason>.
why-refusal-leveling-off = Leveling is off in this server.
why-refusal-no-xp-member = Admins have excluded this member from XP.
why-refusal-no-xp-role = Who has the role { $what } earns nothing.
why-refusal-outside-only-xp-members = Only chosen roles and members earn XP, and this member is not among them.
why-refusal-no-xp-channel = Messages in { $what } earn nothing.
why-refusal-outside-only-xp-channels = Only messages in chosen channels earn XP, and this one stands elsewhere.
why-refusal-ignored-prefix = It begins with a prefix that does not count, as that of another bot.
why-refusal-already-counted = It had been counted before.
why-refusal-older-than-award = I heard of it late: a message written after it had earned XP already.
why-refusal-cooldown = It came within the cooldown, { $left } too early.
why-refusal-ceiling = Messages of a member earn { $most } XP { $period ->
    [minute] a minute
    [hour] an hour
   *[day] a day
} at most, and these had. They earn again from { $again } on.

# How an admin changes that: why-cure-<reason>; others read why-ask-an-admin.
why-ask-an-admin = -# Ask an admin if you think that is wrong.
why-cure-leveling-off = -# An admin switches it on with `{ $prefix }config enabled on`.
why-cure-no-xp-member = -# An admin changes that with `{ $prefix }noxp remove` { $what } (`{ $rule }`).
why-cure-no-xp-role = -# An admin changes that with `{ $prefix }noxp remove` { $what } (`{ $rule }`).
why-cure-outside-only-xp-members = -# An admin changes that with `{ $prefix }onlyxp add` (`{ $rule }`).
why-cure-no-xp-channel = -# An admin changes that with `{ $prefix }noxp remove` { $what } (`{ $rule }`).
why-cure-outside-only-xp-channels = -# An admin changes that with `{ $prefix }onlyxp add` (`{ $rule }`).
why-cure-ignored-prefix = -# An admin changes that with `{ $prefix }config set { $rule }`.
why-cure-ceiling = -# An admin changes that with `{ $prefix }config set { $rule }`.
why-cure-cooldown = -# An admin changes its length with `{ $prefix }config set earning.cooldown_seconds`.

# How many messages earned nothing: why-count-<reason>.
why-count-cooldown = { $count ->
    [one] { $count } message within the cooldown
   *[other] { $count } messages within the cooldown
}
why-count-ceiling = { $count ->
    [one] { $count } message after a ceiling was reached
   *[other] { $count } messages after a ceiling was reached
}
why-count-older-than-award = { $count ->
    [one] { $count } message that I heard of late
   *[other] { $count } messages that I heard of late
}

# Why a message never came as far as the rules: why-skip-<skip>.
why-skip-bot = It was written by a bot, and bots earn nothing.
why-skip-webhook = It came through a webhook, not from a member.
why-skip-system = Discord wrote it, not a member.
why-skip-command = It is a command: that counts as a command, not as a message.
why-skip-waiting = It waits to be written: my storage fails. It counts as soon as that works again.
why-skip-lost = It is lost: my storage failed, and too many messages waited already.

# What can be deduced of a message that is not remembered.
why-in-day = The awards of { $day } were summed up because they are old: { $xp } XP for { $awards } messages. Whether this was one of them is not kept.
why-deduced = -# I no longer remember this message. That follows from the award before it, if the rules are those of then.
why-by-rules-of-now = -# I no longer remember this message. That is what the rules of now say.
why-counted = It was counted and earned nothing; I no longer remember why.
why-unknown = I did not count it: I was not here when it was written, or it did not count by the rules of then.
