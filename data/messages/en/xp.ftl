# `xp`: XP given, taken and set by hand, and that taken back.

command-xp = Shows a member's profile; with give, take, set, reset or undo it changes XP by hand.
command-xp-give = Gives a member XP.
command-xp-give-member = Who; also somebody who has left, by id
command-xp-give-amount = How much, such as 500, 1,000 or 1.5k
command-xp-give-reason = Why; it stands in the audit
command-xp-take = Takes XP from a member. Achievements stay.
command-xp-take-member = From whom; also somebody who has left, by id
command-xp-take-amount = How much, such as 500, 1,000 or 1.5k
command-xp-take-reason = Why; it stands in the audit
command-xp-set = Sets the XP of a member. Achievements that this unlocks bring theirs on top.
command-xp-set-member = Whose; also of somebody who has left, by id
command-xp-set-amount = To how much, such as 0, 1,000 or 1.5k
command-xp-set-reason = Why; it stands in the audit
command-xp-reset = Sets the XP of a member to 0. Achievements, streak and counters stay.
command-xp-reset-member = Whose; also of somebody who has left, by id
command-xp-reset-reason = Why; it stands in the audit
command-xp-undo = Takes back your last change of XP by hand; used again, the one before.

xp-changed = **{ $name }**: { $before } → { $after } XP ({ $sign }{ $change }{ $rewards ->
    [0] {""}
   *[other] , { $rewards_sign }{ $rewards } from achievements
})
xp-level = { $line }, level { $before } → { $after }
xp-unchanged = **{ $name }** has { $xp } XP as before: there is nothing to change.
xp-undone = { $mode ->
    [give] Taken back: what you gave { $when }.
    [take] Given back: what you took { $when }.
    [set] Taken back: what you set { $when }.
   *[reset] Given back: what you reset { $when }.
}
xp-cut-low = Only { $done } of { $asked } XP could be taken: there is no more, and nobody has less than 0.
xp-cut-high = Only { $done } of { $asked } XP could be added: nobody can have more.
xp-unlocked = Unlocked: { $achievements }
xp-revoked = Achievements that came of it are gone: { $achievements }
xp-stays = Unlocked later, and only possible by it; it stays: { $achievements }
xp-achievements-stay = What was unlocked stays.
xp-not-here = They are not in this server now; it counts when they come back.
xp-leveling-off = Leveling is off in this server. This counts all the same.
xp-reason = Reason: { $reason }

error-amount = `{ $value }` will not do: it takes a whole number from { $least } to { $most }, such as 500, 1,000 or 1.5k.
error-reason-too-long = The reason has { $length } characters. At most { $most } are kept: make it shorter.
error-unknown-member = They are not in this server, and I keep nothing of them.
error-nothing-to-undo = You have changed no XP by hand that could be taken back.
error-batch-undone = That was taken back already.
error-set-since = { $actor_id } has { $mode ->
    [reset] reset
   *[set] set
} the XP of this member since ({ $set_at }). Taking your change back would spoil that, so it stays. They can take theirs back with `/xp undo`; or set the XP anew.
