package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// Repository is where images are pushed, with the headers that authorize it.
type Repository struct {
	Name    string            `json:"name"`
	Headers map[string]string `json:"headers"`
}

// PushJob pushes images to the repositories in turn.
type PushJob struct {
	LayerBytes   int64        `json:"layerBytes"`
	Repositories []Repository `json:"repositories"`
	// Tag of every image. If empty, each image gets a tag of its own.
	Tag string `json:"tag"`
	// IsStreamed sends blobs as docker does: POST, a PATCH of unannounced length, and an empty PUT.
	IsStreamed bool `json:"isStreamed"`
}

type pushes struct {
	job   PushJob
	host  string
	maker *imageMaker
	last  atomic.Pointer[Image]
}

func newPushes(job PushJob, host string) (*pushes, error) {
	if len(job.Repositories) == 0 || job.LayerBytes < uniqueBytes {
		return nil, fmt.Errorf("a push needs a repository and at least %d bytes", uniqueBytes)
	}
	maker, err := newImageMaker(job.LayerBytes)
	return &pushes{job: job, host: host, maker: maker}, err
}

// do pushes an image like a client that has all bytes at hand: config, layer, and the manifest by tag.
func (p *pushes) do(conn *connection, turn int64) error {
	image, err := p.maker.make()
	if err != nil {
		return err
	}
	repository := p.job.Repositories[int(turn)%len(p.job.Repositories)]
	for _, blob := range []Content{image.Config, image.Layer} {
		if err := p.pushBlob(conn, repository, blob); err != nil {
			return err
		}
	}
	tag := p.job.Tag
	if tag == "" {
		tag = image.id
	}
	path := "/v2/" + repository.Name + "/manifests/" + tag
	if _, err = p.send(conn, 201, "PUT", path, repository, manifestType, image.Manifest.parts); err == nil {
		p.last.Store(image)
	}
	return err
}

func (p *pushes) pushBlob(conn *connection, repository Repository, blob Content) error {
	started, err := p.send(conn, 202, "POST", "/v2/"+repository.Name+"/blobs/uploads/", repository, "", nil)
	if err != nil {
		return err
	}
	location := started.location
	body := blob.parts
	if p.job.IsStreamed {
		patched, err := p.stream(conn, toPath(location), repository, blob.parts)
		if err != nil {
			return err
		}
		location, body = patched.location, nil
	}
	path := toPath(location)
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	path += separator + "digest=" + blob.Digest
	_, err = p.send(conn, 201, "PUT", path, repository, "application/octet-stream", body)
	return err
}

func (p *pushes) send(conn *connection, status int, method, path string, repository Repository, contentType string, body [][]byte) (*response, error) {
	headers := map[string]string{"Content-Length": strconv.Itoa(countBytes(body))}
	if contentType != "" {
		headers["Content-Type"] = contentType
	}
	return p.ask(conn, status, method, path, repository, headers, body)
}

// stream sends a body in chunks of at most blockBytes.
func (p *pushes) stream(conn *connection, path string, repository Repository, body [][]byte) (*response, error) {
	headers := map[string]string{"Transfer-Encoding": "chunked", "Content-Type": "application/octet-stream"}
	chunks := make([][]byte, 0, 3*len(body)+1)
	for _, part := range body {
		chunks = append(chunks, fmt.Appendf(nil, "%x\r\n", len(part)), part, []byte("\r\n"))
	}
	return p.ask(conn, 202, "PATCH", path, repository, headers, append(chunks, []byte("0\r\n\r\n")))
}

func (p *pushes) ask(conn *connection, status int, method, path string, repository Repository, headers map[string]string, body [][]byte) (*response, error) {
	for name, value := range repository.Headers {
		headers[name] = value
	}
	head := formatHead(method, path, p.host, headers)
	answer, err := conn.ask(false, append([][]byte{head}, body...)...)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if answer.status != status {
		return nil, fmt.Errorf("%s %s returned %d instead of %d", method, path, answer.status, status)
	}
	return answer, nil
}

func countBytes(parts [][]byte) int {
	sum := 0
	for _, part := range parts {
		sum += len(part)
	}
	return sum
}

// toPath shortens a Location, which some registries send with their own host.
func toPath(location string) string {
	if at := strings.Index(location, "://"); at >= 0 {
		rest := location[at+3:]
		return rest[strings.Index(rest, "/"):]
	}
	return location
}
