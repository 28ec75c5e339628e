package main

import (
	"os"
	"syscall"
	"unsafe"
)

// discard drops up to limit received bytes in the kernel, without copying them.
func (c *connection) discard(limit int64) (int, error) {
	raw, err := c.socket.SyscallConn()
	if err != nil {
		return 0, err
	}
	size := min(limit, int64(len(c.buffer)))
	var n uintptr
	var errno syscall.Errno
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, _, errno = syscall.Syscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&c.buffer[0])), uintptr(size), syscall.MSG_TRUNC, 0, 0)
			if errno != syscall.EINTR {
				return errno != syscall.EAGAIN
			}
		}
	})
	if err != nil {
		return 0, err
	}
	if errno != 0 {
		return 0, os.NewSyscallError("recvfrom", errno)
	}
	return int(n), nil
}
