package store

import (
	"context"
	"fmt"
	"time"
)

const checkedKey = "{" + wordsKey + "}:checked" // in the slot of the words, whose version it moves

// SetChecked keeps that a partner's entry was right on a day, 2006-01-02. It counts as a change of words: whoever keeps those reads
// both anew.
func (s *Store) SetChecked(ctx context.Context, partner, day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil || partner == "" {
		return fmt.Errorf("check of partner %q: want a day: %w", partner, err)
	}
	w := &write{}
	w.do("hset", checkedKey, partner, day)
	w.do("hinc", wordsKey, wordsVersion, "1")
	if err := s.write(ctx, w); err != nil {
		return fmt.Errorf("check of partner %q: %w", partner, err)
	}
	return nil
}

// Checked returns the day on which each partner's entry was last said to be right.
func (s *Store) Checked(ctx context.Context) (map[string]string, error) {
	days, err := s.redis.HGetAll(ctx, checkedKey).Result()
	if err != nil {
		return nil, fmt.Errorf("checks of the partners: %w", err)
	}
	return days, nil
}
