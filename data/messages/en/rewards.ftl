# Role rewards: `rewards` and what is told when a role cannot be given.

error-reward-exists = { $role } is the reward of level { $level } already ({ $mode ->
    [replace] it gives way to that of a higher level
   *[other] it is kept at higher levels
}). To change that, `rewards remove` it first.
error-no-such-reward = { $reward } is no reward. `rewards list` shows what there is.
error-reward-level = Level { $level } can earn nothing: with this curve, levels { $lowest } to { $highest } can be reached.
error-too-many-rewards = There are { $limit } rewards already, which is as many as there can be.
error-sync-running = A sync is under way since { $begun_at }: { $done } of { $members } members are done.

command-rewards = Lets levels earn roles.
command-rewards-list = Shows which level earns which role. For everybody.
command-rewards-add = Lets a level earn a role. Needs Manage Roles, too.
command-rewards-add-level = From which level on members have it
command-rewards-add-role = Which role; it must stand below my own and below yours
command-rewards-add-mode = Whether it is kept at higher levels (stack) or gives way to theirs (replace)
command-rewards-remove = Lets a role, or all roles of a level, be earned no more. Needs Manage Roles, too.
command-rewards-remove-reward = The role or its id, or the level

rewards-title = Role rewards: { $mode ->
    [replace] a higher level replaces
   *[other] all are kept
}
rewards-footer = { $prefix }rewards add <level> <role> [stack|replace] · { $prefix }rewards remove <role> · { $prefix }rewards sync
rewards-none = No level earns a role yet. `{ $prefix }rewards add 5 @Regular` lets level 5 earn one.
rewards-none-yet = No level earns a role yet.
rewards-line = **Level { $level }**: { $role }{ $mode ->
    [stack] {" "}(is kept)
    [replace] {" "}(gives way to that of a higher level)
   *[usual] {""}
}
rewards-warning = ⚠️ { $warning }
rewards-unreachable = With this curve nobody reaches that level: it goes from { $lowest } to { $highest }.
rewards-choice = Level { $level }: { $role }

rewards-added = Level { $level } earns { $role } from now on{ $mode ->
    [replace] , until a higher level earns one in its place
   *[other] {""}
}. Who has that level already gets it with `{ $prefix }rewards sync`.
rewards-removed = Level { $level } earns { $role } no more.
rewards-removed-kept = Who has it keeps it: I touch only roles that are rewards.
rewards-refused = { $trouble }
rewards-not-yours = You cannot let members earn { $role }: it does not stand below your own highest role.

# What stands in the server's audit log beside a change of roles.
reward-reason = Role rewards of level { $level }

# Why a role cannot be given or taken: reward-problem-<problem>.
reward-problem-gone = The role { $role } is not one of this server any more
reward-problem-everyone = Everybody has that role anyway
reward-problem-managed = { $role } belongs to an app, or to those who boost the server: Discord gives it by itself
reward-problem-permission = I lack the permission **Manage Roles**
reward-problem-above = { $role } does not stand below my own highest role
reward-problem-powerful = { $role } lets its members do things to others, so it is not for earning
reward-problem-forbidden = Discord did not let me give or take { $role }

# What mends it: reward-advice-<problem>.
reward-advice-gone = Remove it with `rewards remove { $role }`.
reward-advice-everyone = Choose a role of its own.
reward-advice-managed = Choose another role.
reward-advice-permission = Give it to me in the server settings, under Roles.
reward-advice-above = In the server settings, under Roles, drag my role **{ $own }** above it.
reward-advice-powerful = Choose another role, or take { $permissions } away from it.
reward-advice-forbidden = See that I have the permission **Manage Roles** and that my role stands above it.

reward-trouble = { $problem }. { $advice }
reward-trouble-since = { $trouble } (since { $since })
reward-overdue = So many members wait for their roles that I cannot keep note of each: `rewards sync` puts everybody right.
reward-stale = The curve or the rewards were changed { $since }: `rewards sync` gives and takes what is due since then.
reward-left = { $since }, a sync had to leave out what I could not give or take: `rewards sync` gives and takes it now.
reward-trouble-told = { $trouble } Until then members lack roles, or keep them. Once it is mended I put it right by myself.
reward-trouble-told-directly = In **{ $server }**: { $text }

# `rewards sync`.
command-rewards-sync = Gives all members the roles that their levels earn. Needs Manage Roles, too.

rewards-sync-members-unknown = Discord has not told me yet who is here. Try again in a little while.
rewards-sync-preview = { $changing } of { $members ->
    [one] { $members } member
   *[other] { $members } members
} { $changing ->
    [one] has
   *[other] have
} other roles than the level earns: I would give { $given ->
    [one] { $given } role
   *[other] { $given } roles
} and take { $taken }. It takes about { $time }; meanwhile everything goes on. Roles that are no rewards stay as they are.
rewards-sync-right = All is as it should be: { $members ->
    [one] { $members } member
   *[other] { $members } members
} checked.
rewards-sync-right-else = But for that all is as it should be: { $members ->
    [one] { $members } member
   *[other] { $members } members
} checked.
rewards-sync-start = Start
rewards-sync-cancel = Cancel
rewards-sync-stop = Stop
rewards-sync-cancelled = Nothing was changed.
rewards-sync-over = This sync is over.
rewards-sync-progress = ⏳ { $done } of { $members } members are done: { $changed } changed, { $right } were right already{ $failed ->
    [0] {""}
   *[other] , { $failed } could not be put right
}. About { $left } left.
rewards-sync-done = ✅ { $done ->
    [one] { $done } member is done
   *[other] All { $done } members are done
}: { $changed } changed, { $right } were right already.
rewards-sync-paused = ⏸️ Paused after { $done } of { $members } members: I lack the permission **Manage Roles**. I go on as soon as I have it again.
rewards-sync-stopped = ⏹️ Stopped after { $done } of { $members } members: { $changed } changed, { $right } were right already. `rewards sync` goes through the rest.

# Who lacks, or has kept, a role, and why: rewards-sync-failed-<problem>.
rewards-sync-failed-gone = ⚠️ { $members ->
    [one] { $members } member earns
   *[other] { $members } members earn
} a role that is not one of this server any more.
rewards-sync-failed-everyone = ⚠️ { $members ->
    [one] { $members } member earns
   *[other] { $members } members earn
} a role that everybody has.
rewards-sync-failed-managed = ⚠️ { $members ->
    [one] { $members } member earns, or has to lose,
   *[other] { $members } members earn, or have to lose,
} a role that Discord gives by itself.
rewards-sync-failed-powerful = ⚠️ { $members ->
    [one] { $members } member earns
   *[other] { $members } members earn
} a role that lets its members do things to others.
rewards-sync-failed-permission = ⚠️ { $members ->
    [one] { $members } member is not as it should be
   *[other] { $members } members are not as they should be
}, because I lack the permission **Manage Roles**.
rewards-sync-failed-above = ⚠️ { $members ->
    [one] { $members } member earns, or has to lose,
   *[other] { $members } members earn, or have to lose,
} a role that does not stand below my own highest role.
rewards-sync-failed-forbidden = ⚠️ { $members ->
    [one] { $members } member is not as it should be
   *[other] { $members } members are not as they should be
}, because Discord did not let me change their roles.
rewards-sync-failed-discord = ⚠️ { $members ->
    [one] { $members } member was passed over
   *[other] { $members } members were passed over
}, because Discord failed again and again.
rewards-sync-failed-storage = ⚠️ { $members ->
    [one] { $members } member was passed over
   *[other] { $members } members were passed over
}, because what is stored of them cannot be read.
rewards-sync-cures = `rewards list` shows what is wrong and what mends it.
