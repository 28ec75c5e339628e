module schema1

go 1.24

require (
	github.com/docker/distribution v2.8.3+incompatible
	github.com/docker/libtrust v0.0.0-20160708172513-aabc10ec26b7
	github.com/opencontainers/go-digest v1.0.0
)

require (
	github.com/distribution/reference v0.5.0 // indirect
	github.com/gorilla/mux v1.8.1 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
	github.com/sirupsen/logrus v1.10.2 // indirect
	golang.org/x/sys v0.13.0 // indirect
)
