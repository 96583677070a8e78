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
command-rewards-list = Shows which level earns which role.
command-rewards-add = Lets a level earn a role.
command-rewards-add-level = From which level on members have it
command-rewards-add-role = Which role; it must stand below my own and below yours
command-rewards-add-mode = Whether it is kept at higher levels (stack) or gives way to theirs (replace)
command-rewards-remove = Lets a role, or all roles of a level, be earned no more.
command-rewards-remove-reward = The role or its id, or the level

rewards-title = Role rewards: { $mode ->
    [replace] a higher level replaces
   *[other] all are kept
}
rewards-footer = { $prefix }rewards add <level> <role> [stack|replace] · { $prefix }rewards remove <role> · { $prefix }rewards sync
rewards-none = No level earns a role yet. `{ $prefix }rewards add 5 @Regular` lets level 5 earn one.
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
reward-problem-everyone = Everybody has { $role } anyway
reward-problem-managed = { $role } belongs to an app, or to those who boost the server: Discord gives it by itself
reward-problem-permission = I lack the permission **Manage Roles**
reward-problem-above = { $role } does not stand below my own highest role
reward-problem-forbidden = Discord did not let me give or take { $role }

# What mends it: reward-advice-<problem>.
reward-advice-gone = Remove it with `rewards remove { $role }`.
reward-advice-everyone = Choose a role of its own.
reward-advice-managed = Choose another role.
reward-advice-permission = Give it to me in the server settings, under Roles.
reward-advice-above = In the server settings, under Roles, drag my role **{ $own }** above it.
reward-advice-forbidden = See that I have the permission **Manage Roles** and that my role stands above it.

reward-trouble = { $problem }. { $advice }
reward-trouble-since = { $trouble } (since { $since })
reward-trouble-told = { $trouble } Until then members do not get, or keep, roles that they should not. Afterwards `rewards sync` puts it right.
reward-trouble-told-directly = In **{ $server }**: { $text }
