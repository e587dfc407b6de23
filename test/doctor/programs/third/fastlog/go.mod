module github.com/acme/fastlog

go 1.21
