module example.com/lab

go 1.21

require github.com/acme/fastlog v1.4.2

replace github.com/acme/fastlog => ./third/fastlog
