package environ_test

import (
	"fmt"
	"net"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

func ExampleFill() {
	env := wsgi.Environ{}
	environ.Fill(env, environ.Request{
		Line:   requestline.Line{Method: "GET", Target: "/hello%21?x=%21", Version: "HTTP/1.1", Path: "/hello%21", Query: "x=%21"},
		Fields: []headers.Field{{Name: "Accept", Value: "text/html"}, {Name: "accept", Value: "*/*"}},
	})

	for _, key := range []string{"PATH_INFO", "QUERY_STRING", "REQUEST_URI", "HTTP_ACCEPT"} {
		fmt.Println(key, "=", wsgi.Repr(key, env[key]))
	}
	// Output:
	// PATH_INFO = '/hello!'
	// QUERY_STRING = 'x=%21'
	// REQUEST_URI = '/hello%21?x=%21'
	// HTTP_ACCEPT = 'text/html, */*'
}

func ExampleEndpointOf() {
	address := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8888}
	fmt.Printf("%+v\n", environ.EndpointOf(address))
	// Output: {Host:127.0.0.1 Port:8888}
}
