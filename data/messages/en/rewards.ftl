# Role rewards: `rewards` and what is told when a role cannot be given.

error-reward-exists = { $role } is the reward of level { $level } already ({ $mode ->
    [replace] it gives way to that of a higher level
   *[other] it is kept at higher levels
}). To change that, `rewards remove` it first.
error-no-such-reward = { $reward } is no reward. `rewards list` shows what there is.
error-reward-level = Level { $level } can earn nothing: with this curve, levels { $lowest } to { $highest } can be reached.
error-too-many-rewards = There are { $limit } rewards already, which is as many as there can be.
error-sync-running = A sync is under way since { $begun_at }: { $done } of { $members } members are done.
