package bot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Incoming is one thing that happened in Telegram, in the bot's own words.
type Incoming struct {
	Update  int64     // Telegram's id: redelivered, it is the same
	Chat    int64     // where the answer goes; in a private chat also the member's id
	Private bool      // false in a group or a channel
	What    What      // what came in
	Text    string    // of a Text or an Edited message, as typed
	Message int       // the message that came in, was edited, or carries the button tapped
	Tap     string    // of a Tap: the data of the button
	Query   string    // of a Tap: the id to answer
	Picture bool      // of a Tap: the message that carries the button is a picture or a file
	Sent    time.Time // when the message left the phone; zero for a tap, which carries no time
	Card    int       // the last card sent to this chat, 0 when this process has sent none
}

// What tells the kinds of Incoming apart.
type What int

// What can come in. Other is everything that is no text: a photo, a sticker, a voice message, a contact.
const (
	Text What = iota
	Tap
	Edited
	Other
)

// Reply is all that one turn wants shown.
type Reply struct {
	Toast string // shown for a moment over the chat; a tap is answered even when empty. At most 200 characters
	// Edit takes the place of the message tapped on. It is sent as new when that message is gone, and when only one of the two is
	// a picture: a text tapped on then loses its buttons, a picture stays as it is. A file is always sent as new.
	Edit  *Message
	Send  []Message // new messages, in order
	Strip int       // a message that loses its buttons; 0: none
	// Delete is a message of the educator that is removed from the chat; 0: none.
	Delete int
}

// Message is what the bot says: HTML as Telegram takes it, a picture or a file with it, and rows of buttons under it.
type Message struct {
	Text    string   // at most 4,096 UTF-16 units after parsing, 1,024 with a picture or a file
	Picture *Picture // nil: none
	File    *File    // nil: none; no message has both
	Rows    [][]Button
	Card    bool // the live card of a draft: where it was sent comes back as Incoming.Card
}

// Button is a tappable label. Exactly one of Data and URL is set.
type Button struct {
	Label string
	Data  Data
	URL   string
}

// Data is what a button carries: which step it answers, with which value, and the revision of the card it stands on.
type Data struct {
	Step  string
	Value string
	Rev   int
}

// maxData is Telegram's limit on the data of a button, in bytes.
const maxData = 64

// String encodes d as step:value:rev. Values are ids of the catalogue, or short words, and never hold a colon.
func (d Data) String() string { return d.Step + ":" + d.Value + ":" + strconv.Itoa(d.Rev) }

// errData is what parseData returns for a button the bot never made.
var errData = errors.New("button data is not step:value:rev")

// parseData is the inverse of Data.String.
func parseData(s string) (Data, error) {
	parts := strings.Split(s, ":")
	if len(s) > maxData || len(parts) != 3 {
		return Data{}, errData
	}
	rev, err := strconv.Atoi(parts[2])
	if err != nil {
		return Data{}, fmt.Errorf("%w: %w", errData, err)
	}
	return Data{Step: parts[0], Value: parts[1], Rev: rev}, nil
}

// Delivery is how sending one message ended.
type Delivery int

// NotSent is sure: Telegram refused or was not reached, and trying again is safe. Unsure means it may have arrived.
const (
	Delivered Delivery = iota
	NotSent
	Blocked
	Unsure
)
