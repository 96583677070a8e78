# `config status`: how the bot does in a server, and what mends what does not work.

command-config-status = Tells whether all is well in this server, and what mends what is not.

status-well-title = All is well
status-well = ✅ I can count, announce and reward everything here. What I know is in `{ $storage }`.
status-title = Status
status-troubles = { $count ->
    [one] ⚠️ One thing needs somebody’s attention.
   *[other] ⚠️ { $count } things need somebody’s attention.
}
status-footer = What I know is in { $storage }
status-area = { $area ->
    [storage] Storage
    [rules] Rules
    [channels] Channels
    [announcements] Announcements
    [roles] Role rewards
    [feed] Announcing and counting afterwards
   *[bot] The bot itself
}
status-in-order = ✅ In order
status-more = { $count ->
    [one] … and { $count } more.
   *[other] … and { $count } more.
}
status-unreadable = What I know cannot be read right now: `{ $problem }`. So I cannot tell about the rest.

status-leveling-off = Leveling is off: nobody earns anything. `/config enabled on` switches it on.
status-rule-invalid = `{ $rule }`: what is stored ({ $stored }) cannot be used any more, so its default holds. `/config reset { $rule }` mends it.
status-rule-gone = `{ $rule }` ({ $stored }) is stored, and this version has no such rule. It has no effect, and goes with the next change of any rule.
status-no-place-earns = No message earns anything: every channel that `scope.only_xp_channels` names is gone. `/onlyxp remove` takes them off, `/onlyxp add` names others.
status-nobody-earns = Nobody earns anything: every role that `scope.only_xp_roles` names is gone. `/onlyxp remove` takes them off, `/onlyxp add` names others.
status-theme-gone = `pictures.theme`: there is no theme `{ $theme }` any more, so pictures have `{ $found }`. `/config set pictures.theme` chooses another.
status-entries-gone = `{ $rule }` names { $roles ->
    [true] { $count ->
        [one] a role that is gone
       *[other] { $count } roles that are gone
    }
   *[false] { $count ->
        [one] a channel that is gone, or a thread that is archived
       *[other] { $count } channels that are gone, or threads that are archived
    }
}. It does no harm; its command’s `remove` takes it off.

status-channel-gone = `{ $rule }`: the channel is gone. `/config panel announcements` chooses another.
status-channel-unsuitable = `{ $rule }`: { $channel } takes no messages. `/config panel announcements` chooses another.
status-channel-closed = `{ $rule }`: I cannot write in { $channel }. Give me the permission **{ $permission }** there.
status-channel-unseen = I cannot see { $channel }, so messages there earn nothing. Give me the permission **View Channel** there.
status-channel-met = { $problem }, since { $since }. Give me the permissions **View Channel** and **Send Messages** there, or choose one channel for all with `/config panel announcements`.

status-subscriber = { $name ->
    [announcements] Announcements
    [audit] What the audit channel is told
    [goal-bonus] Bonuses of the daily goal
    [ranks] Achievements for ranks
    [role-rewards] Role rewards
   *[other] `{ $name }`
}
status-feed-late = { $count ->
    [one] { $subscriber }: { $count } entry of this server waits since { $since }. It is tried again by itself; if that goes on, whoever runs me finds the reason in my log.
   *[other] { $subscriber }: { $count } entries of this server wait since { $since }. They are tried again by themselves; if that goes on, whoever runs me finds the reason in my log.
}
status-feed-behind = { $subscriber }: { $count } entries of my ledger are still to be looked at. That goes on by itself; after a long pause it takes a while.
status-feed-failed = { $count ->
    [one] { $subscriber }: { $count } entry was given up in the last days ({ $when }: `{ $problem }`). What it would have led to is missing; whoever runs me finds more in my log.
   *[other] { $subscriber }: { $count } entries were given up in the last days (the last { $when }: `{ $problem }`). What they would have led to is missing; whoever runs me finds more in my log.
}
status-intent-missing = I am run without the intent **{ $intent }**, so I miss what happens here. Whoever runs me switches it on in Discord’s Developer Portal and in my code.
