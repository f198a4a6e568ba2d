package bot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"maillage/rules"
	"maillage/store"
)

// settings are what a member has chosen for itself; the zero value is what the service does.
type settings struct {
	Day    int   `json:"day,omitempty"`    // of the digest: 1 Monday … 5 Friday; 0: the service's
	Hour   int   `json:"hour,omitempty"`   // of the digest, 1 to 23; 0: the service's
	Never  bool  `json:"never,omitempty"`  // no digest: /semaine shows it
	Since  int64 `json:"since,omitempty"`  // when the digest was asked for again, Unix seconds: those of before are not made up for
	Silent bool  `json:"silent,omitempty"` // no reminder of follow-ups: /relances lists them
}

// settingsOf reads a member's settings; what cannot be read is the service's.
func settingsOf(m store.Member) (s settings) {
	if json.Unmarshal([]byte(m.Settings), &s) != nil {
		return settings{}
	}
	return s
}

// reminderHour is when the follow-ups of the day are listed, in the service's zone.
const reminderHour = 8

// digestTime is when a member's digest of the week that begins on monday leaves: in the week after, on the day and at the hour
// that the member chose, or the service's.
func digestTime(service rules.Service, s settings, monday time.Time) time.Time {
	day, hour, minute := (int(service.DigestDay)+6)%7, service.DigestHour, service.DigestMinute
	if s.Day > 0 {
		day = s.Day - 1
	}
	if s.Hour > 0 {
		hour, minute = s.Hour, 0
	}
	return time.Date(monday.Year(), monday.Month(), monday.Day()+7+day, hour, minute, 0, 0, monday.Location())
}

var weekdays = []string{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}

// digestHours are those offered.
var digestHours = []int{7, 8, 9, 10, 12, 14, 16, 18}

// showSettings answers /reglages and takes its buttons: "jour-2", "heure-9", "bilan-1" for a digest and "bilan-0" for none, and so
// with "relances": tapped twice, or on an old message, a button still does what it says.
func showSettings(t *turn, value string) error {
	s := settingsOf(t.chat.Member)
	what, n, _ := strings.Cut(value, "-")
	number, _ := strconv.Atoi(n)
	before := s
	switch {
	case what == "jour" && number >= 1 && number <= 5:
		s.Day, s.Never = number, false
	case what == "heure" && slices.Contains(digestHours, number):
		s.Hour, s.Never = number, false
	case what == "bilan":
		s.Never = n == "0"
	case what == "relances":
		s.Silent = n == "0"
	}
	if before.Never && !s.Never {
		s.Since = t.now.Unix()
	}
	if s != before {
		text, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("encode settings: %w", err)
		}
		t.chat.Member.Settings = string(text)
		t.member = &t.chat.Member
		t.reply.Toast = "C’est noté."
	}
	t.show(t.settingsMessage(s))
	return nil
}

func (t *turn) settingsMessage(s settings) Message {
	next := digestTime(t.Service, s, store.WeekPeriod(t.now).First())
	day := (int(next.Weekday()) + 6) % 7
	lines := []string{"<b>Réglages</b>"}
	if s.Never {
		lines = append(lines, "Bilan de la semaine : aucun envoi. /semaine l’affiche quand vous voulez.")
	} else {
		lines = append(lines, "Bilan de la semaine : le "+weekdays[day]+" à "+clockTime(next)+", sur la semaine d’avant.")
	}
	if s.Silent {
		lines = append(lines, "Relances : aucun rappel. /relances les liste.")
	} else {
		lines = append(lines, fmt.Sprintf("Relances : un rappel à %d\u00a0h, les jours où il y en a.", reminderHour))
	}
	lines = append(lines, "", "Touchez un jour, une heure, ou ce que vous ne voulez plus recevoir.")
	m := Message{Text: strings.Join(lines, "\n")}
	var days, hours []option
	for i, name := range weekdays[:5] {
		days = append(days, option{strings.ToUpper(name[:1]) + name[1:], fmt.Sprintf("jour-%d", i+1), !s.Never && day == i})
	}
	for _, hour := range digestHours {
		hours = append(hours, option{fmt.Sprintf("%d\u00a0h", hour), fmt.Sprintf("heure-%d", hour), !s.Never && next.Hour() == hour && next.Minute() == 0})
	}
	for _, row := range slices.Concat(inRows(3, days), inRows(4, hours)) {
		m.Rows = append(m.Rows, settingsRow(row))
	}
	digest, reminders := option{"Ne plus recevoir le bilan", "bilan-0", false}, option{"Ne plus rappeler les relances", "relances-0", false}
	if s.Never {
		digest = option{"Recevoir le bilan", "bilan-1", false}
	}
	if s.Silent {
		reminders = option{"Rappeler les relances", "relances-1", false}
	}
	m.Rows = append(m.Rows, settingsRow([]option{digest}), settingsRow([]option{reminders}))
	return m
}

func settingsRow(row []option) []Button {
	var buttons []Button
	for _, o := range row {
		label := o.label
		if o.on {
			label = "● " + label
		}
		buttons = append(buttons, Button{Label: label, Data: Data{Step: "reglages", Value: o.value}})
	}
	return buttons
}

// clockTime says an hour as French does: "8 h", "8 h 30".
func clockTime(t time.Time) string {
	if t.Minute() == 0 {
		return fmt.Sprintf("%d\u00a0h", t.Hour())
	}
	return fmt.Sprintf("%d\u00a0h\u00a0%02d", t.Hour(), t.Minute())
}
