package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRequest bounds a request: a document of 50 MB and its form.
const maxRequest = 51 << 20

// apiError is a refusal as it goes over the wire.
type apiError struct {
	code        int
	description string
	retryAfter  int  // seconds, with code 429
	broken      bool // a correct bot never gets this one: it is a violation
}

func (e *apiError) write(w http.ResponseWriter) {
	body := map[string]any{"ok": false, "error_code": e.code, "description": e.description}
	if e.retryAfter > 0 {
		body["parameters"] = map[string]any{"retry_after": e.retryAfter}
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	writeJSON(w, e.code, body)
}

// broken is a bad request that no correct bot makes.
func broken(format string, args ...any) *apiError {
	e := refused(format, args...)
	e.broken = true
	return e
}

// refused is a bad request that depends on what happened before, and may befall a correct bot.
func refused(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, description: "Bad Request: " + lowerFirst(fmt.Sprintf(format, args...))}
}

func forbidden(what string) *apiError {
	return &apiError{code: http.StatusForbidden, description: "Forbidden: " + what}
}

func conflict(what string) *apiError {
	return &apiError{code: http.StatusConflict, description: "Conflict: " + what}
}

func notFound(what string) *apiError {
	return &apiError{code: http.StatusNotFound, description: what}
}

// lowerFirst is the server's way with an error's first letter: lower case, unless it begins a code such as BUTTON_DATA_INVALID.
func lowerFirst(s string) string {
	if len(s) < 2 || s[1] == '_' || unicode.IsUpper(rune(s[1])) {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	data := must(json.Marshal(body))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(data)
}

// call is one request to a method: parameters by name, as text, whatever way they came in.
type call struct {
	method string
	values map[string]string
	bare   map[string]bool // came as JSON and not as a string
	files  map[string]upload
}

// upload is a file inside a multipart form.
type upload struct {
	name string
	data []byte
}

func (c *call) has(name string) bool   { _, ok := c.values[name]; return ok }
func (c *call) str(name string) string { return c.values[name] }
func (c *call) bool(name string) bool  { v := c.values[name]; return v == "true" || v == "1" }

// int is a parameter whose type was checked, or otherwise when it is absent.
func (c *call) int(name string, otherwise int) int {
	n, err := strconv.Atoi(c.values[name])
	if err != nil {
		return otherwise
	}
	return n
}

// serveBot answers /bot<token>/<method>; rest is the path behind /bot.
func (s *Server) serveBot(w http.ResponseWriter, r *http.Request, rest string) {
	token, method, ok := strings.Cut(rest, "/")
	if !ok || method == "" {
		notFound("Not Found").write(w)
		return
	}
	if token != s.token {
		(&apiError{code: http.StatusUnauthorized, description: "Unauthorized"}).write(w)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		(&apiError{code: http.StatusMethodNotAllowed, description: "Method Not Allowed"}).write(w)
		return
	}
	c, err := readCall(r)
	if err == nil {
		c.method = method
		var m apiMethod
		if m, err = s.lookUp(c); err == nil {
			s.answer(w, r, c, m)
			return
		}
	}
	s.refuse(w, method, err)
}

// lookUp finds the method, under its name as documented, and checks the parameters against it.
func (s *Server) lookUp(c *call) (apiMethod, *apiError) {
	for name, m := range methods {
		if strings.EqualFold(name, c.method) {
			c.method = name
			s.mu.Lock()
			s.calls[name]++
			s.wake()
			s.mu.Unlock()
			return m, c.check(m.params)
		}
	}
	err := notFound("Not Found: method not found")
	err.broken = true
	return apiMethod{}, err
}

// answer runs a call, or lets a fault have it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *call, m apiMethod) {
	f := s.takeFault(c)
	if f != nil && f.before(w, r, s.done) {
		return
	}
	var result any
	var err *apiError
	if c.method == "getUpdates" {
		result, err = s.getUpdates(r.Context(), c)
	} else {
		s.mu.Lock()
		result, err = m.run(s, c)
		s.wake()
		s.mu.Unlock()
	}
	if f != nil { // processed, and nobody will know
		s.note(c.method, err)
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		s.refuse(w, c.method, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

func (s *Server) refuse(w http.ResponseWriter, method string, err *apiError) {
	s.note(method, err)
	err.write(w)
}

// note records a refusal that a correct bot never gets.
func (s *Server) note(method string, err *apiError) {
	if err != nil && err.broken {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.violation("%s: %s", method, err.description)
	}
}

// readCall takes the parameters out of the query and the body. A multipart body without a single part is no error: the
// library sends one for a method without parameters.
func readCall(r *http.Request) (*call, *apiError) {
	c := &call{values: map[string]string{}, bare: map[string]bool{}, files: map[string]upload{}}
	c.addForm(r.URL.Query())
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		return nil, refused("Can't read the request: %v", err)
	}
	if len(body) > maxRequest {
		return nil, &apiError{code: http.StatusRequestEntityTooLarge, description: "Request Entity Too Large", broken: true}
	}
	if len(body) == 0 {
		return c, nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil {
		switch kind {
		case "application/json":
			err = c.addJSON(body)
		case "application/x-www-form-urlencoded":
			var form url.Values
			form, err = url.ParseQuery(string(body))
			c.addForm(form)
		case "multipart/form-data":
			err = c.addMultipart(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
		default:
			err = fmt.Errorf("content type %q", kind)
		}
	}
	if err != nil {
		return nil, broken("Can't parse the request: %v", err)
	}
	return c, nil
}

func (c *call) addForm(form url.Values) {
	for name, values := range form {
		c.values[name] = values[len(values)-1]
	}
}

func (c *call) addJSON(body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return err
	}
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) == nil && raw[0] == '"' {
			c.values[name] = text
			continue
		}
		c.values[name], c.bare[name] = string(raw), true
	}
	return nil
}

func (c *call) addMultipart(form *multipart.Reader) error {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			c.files[part.FormName()] = upload{name: part.FileName(), data: data}
			continue
		}
		c.values[part.FormName()] = string(data)
	}
}

// paramType is the type of a parameter.
type paramType int

const (
	tString  paramType = iota
	tInteger           // of 64 bits
	tBoolean
	tChat   // an integer, or the @name of a channel
	tObject // JSON
	tList   // JSON
	tFile   // an uploaded file, or the id of a known one
	tMedia  // JSON that names an uploaded file, or the id of a known one
)

// check refuses what the method does not know and what has another type.
func (c *call) check(params map[string]paramType) *apiError {
	for name, value := range c.values {
		t, known := params[name]
		if !known {
			return broken("the emulator knows no parameter %q of %s", name, c.method)
		}
		if !utf8.ValidString(value) {
			return broken("Strings must be encoded in UTF-8")
		}
		if !t.fits(value, c.bare[name]) {
			return broken("parameter %q of %s is not %s", name, c.method, t)
		}
	}
	for name := range c.files {
		if params[name] != tFile && params["media"] != tMedia {
			return broken("the emulator takes no file in parameter %q of %s", name, c.method)
		}
	}
	return nil
}

// fits tells whether a value can be of this type; bare means that it came as JSON without quotes.
func (t paramType) fits(value string, bare bool) bool {
	switch t {
	case tInteger:
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case tChat:
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil || !bare && strings.HasPrefix(value, "@")
	case tBoolean:
		return value == "true" || value == "false" || !bare && (value == "1" || value == "0")
	case tObject, tList, tMedia: // the wrong one of the two is the method's to refuse, in the server's words
		return json.Valid([]byte(value))
	default:
		return !bare
	}
}

func (t paramType) String() string {
	return [...]string{"a String", "an Integer", "a Boolean", "an Integer or a @name", "JSON", "JSON", "a file", "JSON"}[t]
}
