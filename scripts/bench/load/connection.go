package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

const (
	readBytes    = 1 << 20
	maxHeadBytes = 64 << 10
)

// A connection sends one HTTP/1.1 request at a time and drops response bodies.
type connection struct {
	socket *net.TCPConn
	buffer []byte
}

// A response without its body.
type response struct {
	status    int
	bodyBytes int64
	location  string
}

func dial(host string) (*connection, error) {
	socket, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &connection{socket: socket.(*net.TCPConn), buffer: make([]byte, readBytes)}, nil
}

func (c *connection) close() { c.socket.Close() }

// ask sends the parts of a request and reads the response to its end.
func (c *connection) ask(isHead bool, parts ...[]byte) (*response, error) {
	buffers := net.Buffers(parts)
	_, sendErr := buffers.WriteTo(c.socket)
	// A server that refuses a body answers before it closes the connection.
	answer, err := c.read(isHead)
	if err != nil {
		return nil, errors.Join(sendErr, err)
	}
	return answer, nil
}

func (c *connection) read(isHead bool) (*response, error) {
	filled, headEnd := 0, -1
	for headEnd < 0 {
		if filled >= maxHeadBytes {
			return nil, errors.New("the head of a response is too long")
		}
		n, err := c.socket.Read(c.buffer[filled:])
		if err != nil {
			return nil, fmt.Errorf("reading a response: %w", err)
		}
		from := max(0, filled-3)
		filled += n
		if at := bytes.Index(c.buffer[from:filled], []byte("\r\n\r\n")); at >= 0 {
			headEnd = from + at
		}
	}
	answer, err := parseHead(c.buffer[:headEnd], isHead)
	if err != nil {
		return nil, err
	}
	left := answer.bodyBytes - int64(filled-headEnd-4)
	if left < 0 {
		return nil, errors.New("a response is longer than its Content-Length")
	}
	for left > 0 {
		n, err := c.discard(left)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		left -= int64(n)
	}
	return answer, nil
}

func parseHead(head []byte, isHead bool) (*response, error) {
	first, rest, _ := strings.Cut(string(head), "\r\n")
	if len(first) < 12 {
		return nil, fmt.Errorf("not an HTTP response: %q", first)
	}
	status, err := strconv.Atoi(first[9:12])
	if err != nil {
		return nil, fmt.Errorf("not an HTTP response: %q", first)
	}
	answer := &response{status: status, bodyBytes: -1}
	for line := range strings.SplitSeq(rest, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case strings.EqualFold(name, "content-length"):
			if answer.bodyBytes, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil {
				return nil, fmt.Errorf("wrong Content-Length: %q", value)
			}
		case strings.EqualFold(name, "location"):
			answer.location = strings.TrimSpace(value)
		}
	}
	if isHead || status == 204 || status == 304 {
		answer.bodyBytes = 0
	}
	if answer.bodyBytes < 0 {
		return nil, fmt.Errorf("a response has no Content-Length:\n%s", head)
	}
	return answer, nil
}

// formatHead returns a request without its body.
func formatHead(method, path, host string, headers map[string]string) []byte {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for name, value := range headers {
		fmt.Fprintf(&head, "%s: %s\r\n", name, value)
	}
	head.WriteString("\r\n")
	return []byte(head.String())
}
