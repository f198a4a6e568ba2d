package bot

import (
	"bytes"
	"fmt"
	"io"
	"runtime/debug"

	"maillage/bot/french"
)

// Picture is a picture to draw. It is sent as a photo, with the text of its message for a caption.
type Picture struct {
	Alt string                 // what it shows, in words: stands in its place where it cannot be drawn or sent
	PNG func() ([]byte, error) // called when the message goes out
}

// File is a file to write. It is sent as a document, with the text of its message for a caption.
type File struct {
	Name  string
	Write func(io.Writer) error // called when the message goes out
}

// fileMissing stands in the place of a file that cannot be written or sent.
const fileMissing = "Le fichier n’a pas pu être joint. Demandez-le de nouveau dans quelques minutes."

// parcel is a message with its picture or its file made.
type parcel struct {
	Message
	data []byte // of the picture or the file; nil without
}

// pack makes the picture or the file of a message. When that fails the message goes out in words.
func (t *Telegram) pack(m Message) parcel {
	data, err := m.attachment()
	if err != nil {
		t.log.Error("picture or file not made: its message goes out without", "err", t.wire.clean(err))
		return m.inWords()
	}
	return parcel{m, data}
}

// attachment is the picture or the file of a message, nil without. A panic in the making is an error: there is a turn to answer.
func (m Message) attachment() (data []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %s\n%s", panicText(p), debug.Stack())
		}
	}()
	switch {
	case m.Picture != nil:
		return m.Picture.PNG()
	case m.File != nil:
		var written bytes.Buffer
		err := m.File.Write(&written)
		return written.Bytes(), err
	}
	return nil, nil
}

// inWords is the message without its picture or its file, and what takes its place.
func (m Message) inWords() parcel {
	switch {
	case m.Picture != nil:
		m.Text = paragraphs(m.Text, french.Escape(m.Picture.Alt))
	case m.File != nil:
		m.Text = paragraphs(m.Text, fileMissing)
	}
	m.Picture, m.File = nil, nil
	return parcel{Message: m}
}
