package main

import (
	"fmt"
	"strconv"
	"strings"
)

// turnMark stands for the number of the operation in a path, modulo turnLimit.
const (
	turnMark  = "{turn}"
	turnLimit = 1000
)

// PullJob asks for one path. Bodies are counted, not checked.
type PullJob struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Status  int               `json:"status"`
	// BodyBytes is the expected size, or -1 for any.
	BodyBytes int64 `json:"bodyBytes"`
}

type pulls struct {
	job  PullJob
	host string
	// fixed is the request of every turn, or nil if the path depends on the turn.
	fixed []byte
}

func newPulls(job PullJob, host string) (*pulls, error) {
	p := &pulls{job: job, host: host}
	if !strings.Contains(job.Path, turnMark) {
		p.fixed = formatHead(job.Method, job.Path, host, job.Headers)
	}
	return p, nil
}

func (p *pulls) do(conn *connection, turn int64) error {
	request := p.fixed
	if request == nil {
		path := strings.ReplaceAll(p.job.Path, turnMark, strconv.FormatInt(turn%turnLimit, 10))
		request = formatHead(p.job.Method, path, p.host, p.job.Headers)
	}
	answer, err := conn.ask(p.job.Method == "HEAD", request)
	if err != nil {
		return err
	}
	if answer.status != p.job.Status {
		return fmt.Errorf("%s %s returned %d instead of %d", p.job.Method, p.job.Path, answer.status, p.job.Status)
	}
	if p.job.BodyBytes >= 0 && answer.bodyBytes != p.job.BodyBytes {
		return fmt.Errorf("%s returned %d bytes instead of %d", p.job.Path, answer.bodyBytes, p.job.BodyBytes)
	}
	return nil
}
