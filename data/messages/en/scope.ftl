# `noxp` and `onlyxp`: where and who earns.

error-earns-nothing = { $refusal ->
    [no-xp-member] You earn no XP in this server: its admins have excluded you.
    [no-xp-role] You earn no XP in this server: its admins have excluded the role <@&{ $id }>.
   *[other] You earn no XP in this server: only chosen roles and members do.
}
error-too-many-entries = `{ $rule }` has { $limit } entries, which is as many as there can be. Remove one first.

earning-no-target = I know no channel, category, thread, role or member `{ $target }` here. Mention it, or give its name or id.
earning-several = Several are called `{ $target }`: { $found }. Mention the one you mean, give its id, or say which kind: `{ $kind } { $target }`.
earning-several-entries = Several are called `{ $target }`: { $found }. Give the id of the one you mean.
earning-one-target = { $count ->
    [0] Say which channel, role or member.
   *[other] One at a time: say one channel, role or member.
}

command-noxp = Says where and who earns nothing.
command-noxp-add = Lets a channel, category, thread, role or member earn nothing.
command-noxp-add-channel = A channel, category or thread
command-noxp-add-role = A role
command-noxp-add-member = A member
command-noxp-remove = Lets a channel, category, thread, role or member earn again.
command-noxp-remove-entry = Its name, mention or id
command-noxp-list = Shows what earns nothing.
command-onlyxp = Says where and who alone earns.
command-onlyxp-add = Lets only this channel, category, thread, role or member, and others named so, earn.
command-onlyxp-add-channel = A channel, category or thread
command-onlyxp-add-role = A role
command-onlyxp-add-member = A member
command-onlyxp-remove = Takes a channel, category, thread, role or member from those that alone earn.
command-onlyxp-remove-entry = Its name, mention or id
command-onlyxp-list = Shows what alone earns.

scope-noxp-everyone = Everybody has that role. `{ $prefix }config enabled off` lets nobody earn anything.
scope-noxp-added = { $kind ->
    [role] Members with { $target } earn nothing from now on, wherever they write.
    [member] { $target } earns nothing from now on, wherever they write.
    [category] Messages in the channels of { $target } earn nothing and count for nothing from now on.
    [thread] Messages in { $target } earn nothing and count for nothing from now on.
   *[channel] Messages in { $target } earn nothing and count for nothing from now on{ $threads ->
        [apart] . Its threads stand for themselves.
       *[follow] , nor do those in its threads.
    }
}
scope-noxp-was-added = { $target } is excluded already: nothing was changed.
scope-noxp-opposed = { $target } is named as only-XP too. No-XP always wins, so it earns nothing. `{ $prefix }onlyxp remove { $entry }` tidies up.
scope-noxp-removed = { $target } is excluded no longer.
scope-noxp-not-there = { $target } is not excluded: nothing was changed. `noxp list` shows what is.

scope-onlyxp-everyone = Everybody has that role, so naming it would keep nobody from earning. Everybody earns as long as no role and no member is named: `{ $prefix }onlyxp list` shows who is.
scope-onlyxp-added = { $kind ->
    [role] { $others ->
        [0] Only members with { $target } earn from now on, and whoever else is named with `onlyxp add`. Nobody else does.
       *[other] Members with { $target } earn too from now on.
    }
    [member] { $others ->
        [0] Only { $target } earns from now on, and whoever else is named with `onlyxp add`. Nobody else does.
       *[other] { $target } earns too from now on.
    }
   *[place] { $others ->
        [0] Messages earn only in { $target } from now on, and wherever else is named with `onlyxp add`. Everywhere else they earn nothing and count for nothing.
       *[other] Messages in { $target } earn too from now on.
    }
}
scope-onlyxp-was-added = { $target } is among those that alone earn already: nothing was changed.
scope-onlyxp-opposed = { $target } is excluded too. No-XP always wins, so it earns nothing until `{ $prefix }noxp remove { $entry }`.
scope-onlyxp-removed = { $left ->
    [0] { $target } is only-XP no longer. { $others ->
        [0] Nothing else is, so { $what ->
            [channels] messages earn everywhere
           *[people] everybody earns
        } again, but for what `noxp` excludes.
       *[other] { $what ->
            [channels] No other place is, so messages earn everywhere again, but only those of the roles and members of `onlyxp list`.
           *[people] No other role or member is, so everybody earns again, but only in the places of `onlyxp list`.
        }
    }
   *[other] { $target } is only-XP no longer: it earns nothing, unless something else that is named covers it.
}
scope-onlyxp-not-there = { $target } is not named as only-XP: nothing was changed. `onlyxp list` shows what is.

scope-still-refused = It earns nothing all the same: { $reason ->
    [no-xp-member] this member is excluded.
    [no-xp-role] the role { $by } is excluded.
    [no-xp-channel] { $by } is excluded.
    [outside-only-xp-members] only the roles and members of `onlyxp list` earn.
   *[other] only the places of `onlyxp list` earn.
}

scope-noxp-list-title = What earns nothing
scope-noxp-list-about = Messages there, and of these roles and members, earn nothing and count for nothing. No-XP always wins over only-XP.
scope-noxp-list-none = Nothing is excluded.
scope-onlyxp-list-title = What alone earns
scope-onlyxp-list-about = Where places are named, only messages there earn. Where roles or members are named, only they earn. No-XP always wins over only-XP.
scope-onlyxp-list-none = Nothing is named, so everything earns that `noxp` does not exclude.
scope-list-channels = Channels, categories, threads
scope-list-roles = Roles
scope-list-members = Members
scope-list-prefixes = Messages that begin with
scope-list-entry = { $entry }
scope-list-overruled = { $entry } (excluded by `noxp` too, which wins)
scope-list-gone = { $what ->
    [channels] `{ $id }` is gone, or an archived thread
    [roles] `{ $id }` is a role that is gone
   *[members] `{ $id }` is a member who left
}: `{ $command }`
scope-list-footer = { $prefix }{ $command } add <channel|category|thread|role|member> · { $prefix }{ $command } remove <entry>
