module barewire/internal/bench

go 1.24.2

replace barewire => ../..

require (
	barewire v0.0.0
	github.com/valyala/fasthttp v1.70.0
	golang.org/x/sys v0.41.0
)

require (
	github.com/andybalholm/brotli v1.2.1 // indirect
	github.com/klauspost/compress v1.18.5 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
)
