package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"hash"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"
	uniqueBytes  = 64
	blockBytes   = 1 << 20
)

// Content is a blob or a manifest.
type Content struct {
	Digest    string `json:"digest"`
	SizeBytes int64  `json:"sizeBytes"`
	parts     [][]byte
}

// Image has a config and one layer.
type Image struct {
	Config   Content `json:"config"`
	Layer    Content `json:"layer"`
	Manifest Content `json:"manifest"`
	id       string
}

// imageMaker makes images that differ only in the last bytes of their layers, so that hashing costs almost nothing.
type imageMaker struct {
	prefix    [][]byte
	prefixSum []byte
	sizeBytes int64
}

func newImageMaker(layerBytes int64) (*imageMaker, error) {
	block := make([]byte, blockBytes)
	if _, err := rand.Read(block); err != nil {
		return nil, err
	}
	maker := &imageMaker{sizeBytes: layerBytes}
	sum := sha256.New()
	for left := layerBytes - uniqueBytes; left > 0; left -= blockBytes {
		part := block[:min(left, blockBytes)]
		sum.Write(part)
		maker.prefix = append(maker.prefix, part)
	}
	var err error
	maker.prefixSum, err = sum.(encoding.BinaryMarshaler).MarshalBinary()
	return maker, err
}

func (m *imageMaker) make() (*Image, error) {
	unique := make([]byte, uniqueBytes)
	if _, err := rand.Read(unique); err != nil {
		return nil, err
	}
	sum := sha256.New()
	if err := sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(m.prefixSum); err != nil {
		return nil, err
	}
	sum.Write(unique)
	image := &Image{id: hex.EncodeToString(unique[:8])}
	parts := append(append(make([][]byte, 0, len(m.prefix)+1), m.prefix...), unique)
	image.Layer = Content{Digest: format(sum), SizeBytes: m.sizeBytes, parts: parts}
	var err error
	config := map[string]any{"os": "linux", "architecture": "amd64", "id": hex.EncodeToString(unique)}
	if image.Config, err = encode(config); err != nil {
		return nil, err
	}
	image.Manifest, err = encode(map[string]any{
		"schemaVersion": 2,
		"mediaType":     manifestType,
		"config":        describe(configType, image.Config),
		"layers":        []any{describe(layerType, image.Layer)},
	})
	return image, err
}

func describe(mediaType string, of Content) map[string]any {
	return map[string]any{"mediaType": mediaType, "digest": of.Digest, "size": of.SizeBytes}
}

func encode(value any) (Content, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return Content{}, err
	}
	sum := sha256.New()
	sum.Write(text)
	return Content{Digest: format(sum), SizeBytes: int64(len(text)), parts: [][]byte{text}}, nil
}

func format(sum hash.Hash) string { return "sha256:" + hex.EncodeToString(sum.Sum(nil)) }
