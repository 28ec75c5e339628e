//go:build !linux

package main

// discard drops up to limit received bytes.
func (c *connection) discard(limit int64) (int, error) {
	return c.socket.Read(c.buffer[:min(limit, int64(len(c.buffer)))])
}
