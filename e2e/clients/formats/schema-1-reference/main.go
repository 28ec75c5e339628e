// Signs, verifies and builds schema 1 manifests with distribution 2.8, the last version that could. Reads requests from
// standard input and writes an answer to each, all JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/docker/distribution"
	"github.com/docker/distribution/manifest"
	"github.com/docker/distribution/manifest/schema1"
	"github.com/docker/distribution/reference"
	"github.com/docker/libtrust"
	"github.com/opencontainers/go-digest"
)

type request struct {
	Operation string
	// The payload to sign, as text.
	Manifest *schema1.Manifest
	// A signed document.
	Signed []byte
	// Of the image to describe.
	Name, Tag string
	Config    []byte
	Layers    []digest.Digest
}

type answer struct {
	Signed  []byte        `json:"signed,omitempty"`
	Digest  digest.Digest `json:"digest,omitempty"`
	Problem string        `json:"problem,omitempty"`
}

func main() {
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var req request
		if err := requests.Decode(&req); err == io.EOF {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		result, err := execute(req)
		if err != nil {
			result = answer{Problem: err.Error()}
		}
		answers.Encode(result)
	}
}

func execute(req request) (answer, error) {
	switch req.Operation {
	case "sign":
		key, err := libtrust.GenerateECP256PrivateKey()
		if err != nil {
			return answer{}, err
		}
		req.Manifest.Versioned = manifest.Versioned{SchemaVersion: 1}
		return describe(schema1.Sign(req.Manifest, key))
	case "verify":
		var signed schema1.SignedManifest
		if err := signed.UnmarshalJSON(req.Signed); err != nil {
			return answer{}, err
		}
		if _, err := schema1.Verify(&signed); err != nil {
			return answer{}, err
		}
		return describe(&signed, nil)
	case "build":
		return build(req)
	}
	return answer{}, errors.New("unknown operation")
}

func build(req request) (answer, error) {
	key, err := libtrust.GenerateECP256PrivateKey()
	if err != nil {
		return answer{}, err
	}
	name, err := reference.WithName(req.Name)
	if err != nil {
		return answer{}, err
	}
	tagged, err := reference.WithTag(name, req.Tag)
	if err != nil {
		return answer{}, err
	}
	ctx := context.Background()
	builder := schema1.NewConfigManifestBuilder(blobs{}, key, tagged, req.Config)
	for _, layer := range req.Layers {
		if err := builder.AppendReference(distribution.Descriptor{Digest: layer}); err != nil {
			return answer{}, err
		}
	}
	built, err := builder.Build(ctx)
	if err != nil {
		return answer{}, err
	}
	signed, ok := built.(*schema1.SignedManifest)
	if !ok {
		return answer{}, errors.New("not a signed manifest")
	}
	return describe(signed, nil)
}

func describe(signed *schema1.SignedManifest, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	_, bytes, err := signed.Payload()
	return answer{Signed: bytes, Digest: digest.FromBytes(signed.Canonical)}, err
}

// Stands for a repository, which only has to take the empty layer.
type blobs struct{ distribution.BlobService }

func (blobs) Stat(ctx context.Context, dgst digest.Digest) (distribution.Descriptor, error) {
	return distribution.Descriptor{Digest: dgst}, nil
}
