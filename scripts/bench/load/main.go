// Command load sends requests to a registry over a fixed number of connections and measures each operation.
// It reads one job as JSON from standard input and writes one result as JSON to standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// Job is one run. Exactly one of Pull and Push is set.
type Job struct {
	Host        string `json:"host"`
	Connections int    `json:"connections"`
	// Seconds after which no operation begins. 0 means no limit.
	Seconds float64 `json:"seconds"`
	// MaxOperations of all connections together. 0 means no limit.
	MaxOperations int64    `json:"maxOperations"`
	Pull          *PullJob `json:"pull"`
	Push          *PushJob `json:"push"`
}

// Result is what a run measured.
type Result struct {
	// Micros has the microseconds of each operation, in no order.
	Micros         []int64 `json:"micros"`
	ElapsedSeconds float64 `json:"elapsedSeconds"`
	// CpuSeconds is the user and system time of this process.
	CpuSeconds float64 `json:"cpuSeconds"`
	// LastImage is what a push job sent last.
	LastImage *Image `json:"lastImage,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run() error {
	var job Job
	if err := json.NewDecoder(os.Stdin).Decode(&job); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	result, err := execute(job)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}
