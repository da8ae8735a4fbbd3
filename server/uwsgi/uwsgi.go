// Package uwsgi is the same environ in another envelope.
//
// A proxy that speaks uwsgi, as nginx does with uwsgi_pass, has read the request of
// the client already. It does not write it down as HTTP once more, to be parsed once
// more: it sends the variables themselves, each name and each value with its length
// before it, and the body behind them. There is no line to split, no quoting, and no
// line end to smuggle something behind.
//
//	0 │ size │ 0 │ 14 0 REQUEST_METHOD │ 4 0 POST │ 9 0 PATH_INFO │ 2 0 /x │ … │ body
//
// So steps 02 to 05 are others, and 07 has little left to do. 08 and 09 are those of
// the house: the answer is one of HTTP, as uWSGI gives it. Deadlines, limits, the
// trace and the polite stop are the server's, for this is the same server with
// another table.
//
// Only a proxy may reach such a socket. Who speaks uwsgi says who the client is:
// every REMOTE_ADDR and every REMOTE_USER in a packet is believed. Of uWSGI's own
// variables, like UWSGI_FILE, which has it load a program, none is obeyed here.
//
// There is one request for each connection. Left out: all packets but requests for
// an application (modifier1 0). SCGI is your exercise: the same pairs, with NUL
// behind each name and value, and a length in decimal digits before them all.
//
// Read uwsgi.go, then packet.go, line.go, body.go and environ.go.
//
// https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html
package uwsgi

import (
	"barewire/server"
	body "barewire/steps/05_body"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

// Put makes a server speak uwsgi. No packet is remembered: what the server would
// remember of one is who its own peer is, and that is the proxy.
func Put(s *server.Server) { s.Pipeline, s.Remember = Pipeline(), false }

// Pipeline returns the table. It has no step 10: the connection ends with the answer.
func Pipeline() []server.Stage {
	return []server.Stage{
		{Number: 2, Name: "read", Do: server.ReadHead(Packet)},
		{Number: 3, Name: "requestline", Do: findLine},
		{Number: 4, Name: "headers", Do: listVariables},
		{Number: 5, Name: "body", Do: server.OpenBody(Frame, body.NewReader)},
		{Number: 7, Name: "environ", Do: server.FillEnviron(Fill)},
		{Number: 8, Name: "call", Do: callApplication},
		{Number: 9, Name: "response", Do: server.SendResponse((*response.Writer).Body)},
	}
}

func findLine(x *server.Exchange) (err error) {
	x.Line, err = Line(x.Head)
	return err
}

func listVariables(x *server.Exchange) (err error) {
	x.Fields, err = Variables(x.Head)
	return err
}

// callApplication answers as HTTP/1.0 would be answered, whatever the client speaks:
// chunks are the proxy's, as is the connection.
func callApplication(x *server.Exchange) error {
	x.Line.Version = "HTTP/1.0"
	return server.CallApplication(call.Application)(x)
}
