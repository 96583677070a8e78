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

# `card`: how a member wants pictures to look.
command-card = Shows your card and how pictures of you look, and lets you change it.
command-card-show = Shows your card and how pictures of you look, and lets you change it.
command-card-theme = Chooses the theme of your pictures.
command-card-theme-theme = The name of a theme; server for that of the server
command-card-accent = Chooses the accent colour of your pictures.
command-card-accent-colour = A colour such as #3ba55c; theme for that of the theme
command-card-background = Chooses what stands behind your pictures.
command-card-background-background = The name of a background; none for that of the theme
command-card-text = Shows you text instead of pictures, or pictures again.
command-card-text-state = on for text, off for pictures
command-card-reset = Forgets all that you have chosen for your pictures.

card-shown = **Your pictures in this server**
    Theme: **{ $theme }**{ $whose ->
        [server] {" "}(the server's)
       *[own] {""}
    } · Accent: { $accent ->
        [none] the theme's
       *[other] **{ $accent }**
    } · Background: { $background ->
        [none] the theme's
       *[other] **{ $background }**
    }
card-server-text = This server shows text instead of pictures. What you choose is kept.
card-text-only = You see text instead of pictures. Others still see yours.
card-no-preview = The preview cannot be shown right now. What you choose is kept.
card-bad-accent = `{ $accent }` is no colour. Write it as # and six digits from 0 to f, such as `#3ba55c`, or `theme` for that of the theme.
card-no-theme = There is no theme `{ $name }`. There are: { $names }.
card-no-background = There is no background `{ $name }` in this server. { $count ->
    [0] There are none at all.
   *[other] There are: { $names }.
}

card-choose-theme = Choose a theme
card-choose-theme-none = The server's theme
card-choose-background = Choose a background
card-choose-background-none = The theme's background
card-button-accent = Accent colour
card-button-plain = Theme's accent
card-button-text = Show me text
card-button-pictures = Show me pictures
card-button-reset = Reset
card-accent-form = Accent colour
card-accent-label = Colour
card-accent-description = # and six digits from 0 to f, such as #3ba55c

# `cards`: the themes and backgrounds of a server.
command-cards = Shows the themes and backgrounds there are for pictures.
command-cards-list = Shows the themes and backgrounds there are for pictures.
command-cards-add = Brings a theme or a background for the pictures of this server.
command-cards-add-kind = What the file is
command-cards-add-name = What members choose it by: a to z, 0 to 9 and -, at most 20 characters
command-cards-add-file = A theme (TOML, as those that come along) or a picture (PNG, JPEG, WebP or GIF)
command-cards-remove = Removes a theme or a background of this server.
command-cards-remove-kind = What it is
command-cards-remove-name = What it is called

# The backgrounds that come along: background-<name>.
background-aurora = Aurora
background-dusk = Dusk
background-ember = Ember
background-forest = Forest
background-ocean = Ocean
background-rose = Rose

cards-title = Themes and backgrounds
cards-server-theme = This server's theme is `{ $name }`; `config set pictures.theme` changes it. Members choose their own with `card`.
cards-themes = Themes
cards-theme = `{ $name }` · { $title }
cards-own = `{ $name }` · { $title } · brought by { $actor } { $when }
cards-backgrounds = Backgrounds
cards-added = Members can choose the { $kind ->
    [theme] theme
   *[background] background
} `{ $name }` from now on, with `card`.
cards-replaced = The { $kind ->
    [theme] theme
   *[background] background
} `{ $name }` is another one now.
cards-removed = The { $kind ->
    [theme] theme `{ $name }` is gone. Who had chosen it has the server's theme again.
   *[background] background `{ $name }` is gone. Who had chosen it has that of the theme again.
}
cards-removed-servers = The theme `{ $name }` is gone. It was this server's: pictures have `{ $theme }` now, those of members who had chosen it too. `{ $prefix }config set pictures.theme` chooses another.
cards-preview = A card with `{ $name }`, to see how it looks
cards-bad-name = `{ $name }` will not do as a name: take 1 to 20 of a to z, 0 to 9 and -, beginning with a letter or a digit.
cards-name-taken = There is a { $kind ->
    [theme] theme
   *[background] background
} `{ $name }` that comes along with me. Choose another name.
cards-too-large = That file has { $size } bytes. { $kind ->
    [theme] A theme
   *[background] A background
} may have { $limit } at most.
cards-unreadable = Discord did not give me that file. Try again.
cards-bad-theme = That is no theme that I can draw: { $problem }
cards-no-text = That is no text file. A theme is a TOML file, as those that come along.
cards-bad-background = That is no picture that I can use: it takes a PNG, JPEG, WebP or GIF of at most 16.8 million pixels, at least 200 wide and high.
pictures-not-drawn = I draw no pictures: whoever runs me has switched them off.
