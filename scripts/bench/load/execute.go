package main

import (
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// An operation is what one connection does repeatedly. Turns count from 1.
type operation interface {
	do(conn *connection, turn int64) error
}

// execute runs each connection in a goroutine of its own. Operations in flight at the end are completed and counted.
func execute(job Job) (*Result, error) {
	op, err := newOperation(job)
	if err != nil {
		return nil, err
	}
	conns := make([]*connection, job.Connections)
	for i := range conns {
		if conns[i], err = dial(job.Host); err != nil {
			return nil, err
		}
		defer conns[i].close()
	}
	var turns atomic.Int64
	times := make([][]int64, len(conns))
	failures := make([]error, len(conns))
	cpuBefore := cpuSeconds()
	startedAt := time.Now()
	isOver := func() bool { return job.Seconds > 0 && time.Since(startedAt).Seconds() >= job.Seconds }
	var running sync.WaitGroup
	for i, conn := range conns {
		running.Add(1)
		go func() {
			defer running.Done()
			for {
				turn := turns.Add(1)
				if job.MaxOperations > 0 && turn > job.MaxOperations {
					return
				}
				beganAt := time.Now()
				if failures[i] = op.do(conn, turn); failures[i] != nil {
					return
				}
				times[i] = append(times[i], time.Since(beganAt).Microseconds())
				if isOver() {
					return
				}
			}
		}()
	}
	running.Wait()
	result := &Result{ElapsedSeconds: time.Since(startedAt).Seconds(), CpuSeconds: cpuSeconds() - cpuBefore}
	for _, each := range times {
		result.Micros = append(result.Micros, each...)
	}
	if pushes, ok := op.(*pushes); ok {
		result.LastImage = pushes.last.Load()
	}
	return result, errors.Join(failures...)
}

func newOperation(job Job) (operation, error) {
	switch {
	case job.Pull != nil && job.Push == nil:
		return newPulls(*job.Pull, job.Host)
	case job.Push != nil && job.Pull == nil:
		return newPushes(*job.Push, job.Host)
	default:
		return nil, errors.New("a job needs either pull or push")
	}
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
