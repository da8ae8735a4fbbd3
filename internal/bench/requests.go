//go:build linux

package main

import (
	"fmt"
	"strings"
)

// bare is the least that a client has to say.
const bare = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8888\r\n\r\n"

// last says that nothing follows on the connection.
const last = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8888\r\nConnection: close\r\n\r\n"

// browserHeaders are what a browser says with each request, thirteen of them.
var browserHeaders = [][2]string{
	{"Host", "127.0.0.1:8888"},
	{"Connection", "keep-alive"},
	{"Cache-Control", "max-age=0"},
	{"Upgrade-Insecure-Requests", "1"},
	{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"},
	{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"},
	{"Sec-Fetch-Site", "none"},
	{"Sec-Fetch-Mode", "navigate"},
	{"Sec-Fetch-User", "?1"},
	{"Sec-Fetch-Dest", "document"},
	{"Accept-Encoding", "gzip, deflate, br, zstd"},
	{"Accept-Language", "en-GB,en;q=0.9,de;q=0.8"},
	{"Cookie", "session=4f1c2d9a7b; theme=dark; last=2024-06-30"},
}

// browser is the request of a browser for a target.
func browser(target string) string {
	request := "GET " + target + " HTTP/1.1\r\n"
	for _, header := range browserHeaders {
		request += header[0] + ": " + header[1] + "\r\n"
	}
	return request + "\r\n"
}

// said are the requests of the rows in memory, which are asked in turn.
var said = map[string]func() []string{
	"Host only":                func() []string { return []string{bare} },
	"browser headers":          func() []string { return []string{browser("/")} },
	"another target each time": wanderer,
	"another cookie each time": stranger,
}

// wanderer asks for another target each time, a thousand in all.
func wanderer() []string {
	var requests []string
	for page := range 1000 {
		requests = append(requests, browser(fmt.Sprintf("/?page=%04d", page)))
	}
	return requests
}

// stranger has another cookie each time, a thousand in all.
func stranger() []string {
	var requests []string
	for visit := range 1000 {
		requests = append(requests, strings.Replace(browser("/"), "4f1c2d9a7b", fmt.Sprintf("4f1c2d%04d", visit), 1))
	}
	return requests
}
