package emulator

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Limits of keyboards. The server cuts a reply keyboard off without a word where the emulator refuses it.
const (
	maxInlineRow, maxInline = 8, 100
	maxReplyRow, maxReply   = 12, 300
	maxData                 = 64 // bytes
	maxPlaceholder          = 64 // UTF-16 units
)

// Button is an inline button. Exactly one of Data and URL is set.
type Button struct {
	Label, Data, URL string
}

// markup is a reply_markup that passed all the checks. At most one of its parts is set.
type markup struct {
	inline [][]Button
	reply  *replyKeyboard
	remove bool // takes the reply keyboard away
	force  bool // asks for an answer, with a placeholder
	hint   string
}

// replyKeyboard is what stands under the field where a person types.
type replyKeyboard struct {
	labels  [][]string
	oneTime bool
}

// parseMarkup reads a reply_markup; empty is none. An edit takes inline keyboards only.
func parseMarkup(raw string, edit bool) (markup, *apiError) {
	if raw == "" {
		return markup{}, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &fields); err != nil || fields == nil {
		return markup{}, broken("Object expected as reply markup")
	}
	var kinds []string
	for _, kind := range []string{"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} {
		if _, ok := fields[kind]; ok {
			kinds = append(kinds, kind)
		}
	}
	switch {
	case len(kinds) > 1:
		return markup{}, broken("a reply markup has one of %v", kinds)
	case len(kinds) == 0 && len(fields) > 0:
		return markup{}, broken("a reply markup of no kind")
	case len(kinds) == 0:
		return markup{}, nil
	case kinds[0] == "inline_keyboard":
		return parseInline(raw)
	case edit:
		return markup{}, broken("Inline keyboard expected")
	default:
		return parseReply(raw, kinds[0])
	}
}

// strictly decodes JSON, and refuses fields that target does not have.
func strictly(raw []byte, target any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(target)
}

func parseInline(raw string) (markup, *apiError) {
	var m struct {
		Rows []json.RawMessage `json:"inline_keyboard"`
	}
	if err := strictly([]byte(raw), &m); err != nil || m.Rows == nil {
		return markup{}, broken("Field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
	}
	var keyboard [][]Button
	total := 0
	for _, rawRow := range m.Rows {
		var row []json.RawMessage
		if err := json.Unmarshal(rawRow, &row); err != nil || row == nil {
			return markup{}, broken("Field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
		}
		var buttons []Button
		for _, rawButton := range row {
			b, err := parseInlineButton(rawButton)
			if err != nil {
				return markup{}, err
			}
			buttons = append(buttons, b)
		}
		total += len(buttons)
		if len(buttons) > maxInlineRow || total > maxInline {
			return markup{}, broken("reply markup is too long")
		}
		if len(buttons) > 0 {
			keyboard = append(keyboard, buttons)
		}
	}
	return markup{inline: keyboard}, nil
}

// parseInlineButton takes buttons with data and with a link. An empty copy_text beside them is no fault: the library
// sends one with every button, and the server does not look at it.
func parseInlineButton(raw json.RawMessage) (Button, *apiError) {
	const prefix = "Can't parse inline keyboard button: "
	var b struct {
		Text     *string `json:"text"`
		Style    *string `json:"style"`
		URL      *string `json:"url"`
		Data     *string `json:"callback_data"`
		CopyText *struct {
			Text string `json:"text"`
		} `json:"copy_text"`
	}
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || trimmed[0] != '{' {
		return Button{}, broken(prefix + "InlineKeyboardButton must be an Object")
	}
	if err := strictly(raw, &b); err != nil {
		return Button{}, broken(prefix+"%v", err)
	}
	hasURL, hasData := b.URL != nil && *b.URL != "", b.Data != nil && *b.Data != ""
	switch {
	case b.Text == nil:
		return Button{}, broken(prefix + "Can't find field \"text\"")
	case *b.Text == "":
		return Button{}, broken("Inline keyboard button text must be non-empty")
	case b.Style != nil && !slices.Contains([]string{"danger", "success", "primary"}, *b.Style):
		return Button{}, broken(prefix + "invalid button style specified")
	case b.CopyText != nil && b.CopyText.Text != "":
		return Button{}, broken(prefix + "the emulator knows no copy_text")
	case !hasURL && !hasData:
		return Button{}, broken(prefix + "Text buttons are unallowed in the inline keyboard")
	case hasURL && hasData:
		return Button{}, broken(prefix + "a button has either url or callback_data")
	case hasData && len(*b.Data) > maxData:
		return Button{}, broken("BUTTON_DATA_INVALID")
	case hasData:
		return Button{Label: *b.Text, Data: *b.Data}, nil
	}
	link, err := checkLink(*b.URL)
	if err != nil {
		return Button{}, broken("Inline keyboard button URL '%s' is invalid: %v", *b.URL, err)
	}
	return Button{Label: *b.Text, URL: link}, nil
}

// parseReply reads the three kinds of markup that change what stands under the field where a person types.
func parseReply(raw, kind string) (markup, *apiError) {
	var m struct {
		Rows       []json.RawMessage `json:"keyboard"`
		Persistent bool              `json:"is_persistent"`
		Resize     bool              `json:"resize_keyboard"`
		OneTime    bool              `json:"one_time_keyboard"`
		Remove     bool              `json:"remove_keyboard"`
		Force      bool              `json:"force_reply"`
		Hint       *string           `json:"input_field_placeholder"`
		Selective  bool              `json:"selective"`
	}
	if err := strictly([]byte(raw), &m); err != nil {
		return markup{}, broken("Can't parse reply keyboard markup JSON object: %v", err)
	}
	out := markup{remove: m.Remove, force: m.Force}
	if m.Hint != nil {
		if n := units(*m.Hint); n < 1 || n > maxPlaceholder {
			return markup{}, broken("input_field_placeholder has %d units, not 1 to %d", n, maxPlaceholder)
		}
		out.hint = *m.Hint
	}
	if kind == "keyboard" {
		labels, err := replyRows(m.Rows)
		if err != nil {
			return markup{}, err
		}
		out.reply = &replyKeyboard{labels: labels, oneTime: m.OneTime}
	}
	return out, nil
}

// replyRows reads the buttons of a reply keyboard: a text, or an object around one.
func replyRows(rows []json.RawMessage) ([][]string, *apiError) {
	var labels [][]string
	total := 0
	for _, rawRow := range rows {
		var row []json.RawMessage
		if err := json.Unmarshal(rawRow, &row); err != nil || row == nil {
			return nil, broken("Field \"keyboard\" of the ReplyKeyboardMarkup must be an Array of Arrays")
		}
		var texts []string
		for _, raw := range row {
			var button struct {
				Text string `json:"text"`
			}
			if json.Unmarshal(raw, &button.Text) != nil {
				if err := strictly(raw, &button); err != nil {
					return nil, broken("Can't parse keyboard button: %v", err)
				}
			}
			if button.Text == "" {
				return nil, broken("Keyboard button text must be non-empty")
			}
			texts = append(texts, button.Text)
		}
		total += len(texts)
		if len(texts) > maxReplyRow || total > maxReply {
			return nil, broken("reply markup is too long")
		}
		if len(texts) > 0 {
			labels = append(labels, texts)
		}
	}
	if len(labels) == 0 {
		return nil, broken("a reply keyboard without a button")
	}
	return labels, nil
}

// onWire is an inline keyboard as the server shows it to the bot.
func onWire(keyboard [][]Button) map[string]any {
	rows := make([][]map[string]string, len(keyboard))
	for i, row := range keyboard {
		for _, b := range row {
			button := map[string]string{"text": b.Label}
			if b.URL != "" {
				button["url"] = b.URL
			} else {
				button["callback_data"] = b.Data
			}
			rows[i] = append(rows[i], button)
		}
	}
	return map[string]any{"inline_keyboard": rows}
}
