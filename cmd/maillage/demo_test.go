package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var screenshots = flag.String("screenshots", "", "keep pictures of the demo's page in this directory")

// TestDemoPage is a newcomer in front of the demo: a sentence, a tap, the record saved, Monday at 8:00 and the digest. It runs
// the command itself and drives its page in a real browser.
func TestDemoPage(t *testing.T) {
	browser := findBrowser(t)
	for _, size := range []struct {
		name          string
		width, height int
	}{{"phone", 390, 800}, {"desktop", 1280, 900}} {
		t.Run(size.name, func(t *testing.T) {
			p := openPage(t, browser, startDemo(t), size.width, size.height)
			p.do("the chat opens", chromedp.WaitVisible(`[data-testid="composer"]`))
			p.waitText("Bienvenue")
			p.say("vu une fille de 19 ans aux Aubépines, cherche du boulot, orientée mission locale")
			p.tap("Enregistrer")
			p.waitText("Enregistrée")
			p.shot(size.name + "-saved")
			p.click("jump-monday")
			p.waitText("Votre semaine")
			p.waitPicture()
			p.shot(size.name + "-digest")
			p.say("/relances")
			p.waitText("relances à faire")
			p.shot(size.name + "-followups")
			p.click("person-1002")
			p.waitText("semaine")
			p.shot(size.name + "-chef")
			p.say("/mots")
			p.waitText("Mots à revoir")
			p.shot(size.name + "-words")
			p.say("/bilan")
			p.waitText("Règles de comptage")
			p.waitText(".xlsx")
			p.waitPicture()
			p.shot(size.name + "-year")
		})
	}
	t.Run("keyboard only", func(t *testing.T) {
		p := openPage(t, browser, startDemo(t), 1280, 900)
		p.do("focus", chromedp.WaitVisible(`[data-testid="composer"]`), chromedp.Focus(`[data-testid="composer"]`))
		p.do("type and send", chromedp.KeyEvent("un garçon de 20 ans aux Aubépines cherche un logement\r"))
		p.tapByKeys("Enregistrer")
		p.waitText("Enregistrée")
	})
}

// findBrowser returns Chromium's path. Without one the test is skipped, in CI it fails.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Chromium: make test installs it")
	}
	t.Skip("no Chromium on this machine")
	return ""
}

// startDemo runs `maillage demo` on a free port until the test ends and returns its address.
func startDemo(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ready := make(chan string, 1)
	e := &environment{Getenv: func(string) string { return "" }, Out: &announced{ready: ready}, Err: testLog{t}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if code := e.run(ctx, []string{"demo", "--config", "../../config.yaml", "--addr", "127.0.0.1:0"}); code != exitOK {
			t.Errorf("the demo ended with %d", code)
		}
		close(ready)
	}()
	t.Cleanup(func() { stop(); <-ended })
	url, ok := <-ready
	if !ok {
		t.Fatal("the demo ended before it was ready")
	}
	return url
}

// announced picks the address out of what the demo prints.
type announced struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan<- string
}

var address = regexp.MustCompile(`http://[0-9.:]+`)

func (a *announced) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text.Write(b)
	if url := address.FindString(a.text.String()); url != "" {
		a.text.Reset()
		a.ready <- url
	}
	return len(b), nil
}

// testLog sends the program's log to the test's.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// page is the demo in one browser tab.
type page struct {
	t   *testing.T
	ctx context.Context
}

func openPage(t *testing.T, browser, url string, width, height int) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(width, height))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &page{t, ctx}
	p.do("open", chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Navigate(url))
	p.ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return p
}

func (p *page) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.shot("failed")
		p.t.Fatalf("%s: %v", what, err)
	}
}

// click clicks what carries a test id, wherever the window's size has put it.
func (p *page) click(id string) {
	p.t.Helper()
	p.do("click "+id, chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="`+id+`"]').click()`))
}

func (p *page) say(text string) {
	p.t.Helper()
	p.do("type", chromedp.SendKeys(`[data-testid="composer"]`, text), chromedp.Click(`[data-testid="send"]`))
}

// tap clicks the last button with a label, once it is there.
func (p *page) tap(label string) {
	p.t.Helper()
	p.do("tap "+label, chromedp.Poll[chromedp.Void](`(() => {
		const all = [...document.querySelectorAll('[data-testid="button"]')].filter(b => b.textContent.trim() === `+"`"+label+"`"+`);
		if (!all.length) return false;
		all.at(-1).click();
		return true;
	})()`, chromedp.WithPollingInterval(50*time.Millisecond)))
}

// tapByKeys walks back with Shift+Tab from the composer to the buttons, down through them with the arrow, and presses Enter.
func (p *page) tapByKeys(label string) {
	p.t.Helper()
	p.waitText("Autre partenaire")
	for range 60 {
		focused, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](
			`document.activeElement.dataset.testid === "button" ? document.activeElement.textContent.trim() : ""`))
		if err != nil {
			p.t.Fatal(err)
		}
		switch focused {
		case label:
			p.do("press Enter", chromedp.KeyEvent(kb.Enter))
			return
		case "":
			p.do("move back", chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
		default:
			p.do("move down", chromedp.KeyEvent(kb.ArrowDown))
		}
	}
	p.t.Fatalf("no key leads to [%s]", label)
}

// waitText waits until the page shows a text; no-break spaces count as spaces.
func (p *page) waitText(text string) {
	p.t.Helper()
	p.do("wait for "+text, chromedp.Poll[chromedp.Void](
		"document.querySelector('main, body').innerText.replace(/[\\u00a0\\u202f]/g, ' ').includes(`"+text+"`)"))
}

// waitPicture waits until the last picture of the chat is drawn, as wide as it was made.
func (p *page) waitPicture() {
	p.t.Helper()
	p.do("wait for a picture", chromedp.Poll[chromedp.Void](`(() => {
		const all = [...document.querySelectorAll("main img, body img")];
		return all.length > 0 && all.at(-1).complete && all.at(-1).naturalWidth === 1080;
	})()`))
}

func (p *page) shot(name string) {
	if *screenshots == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Log(err)
		return
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o644); err != nil {
		p.t.Error(err)
	}
}
