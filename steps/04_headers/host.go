package headers

import requestline "barewire/steps/03_requestline"

// CheckHost refuses a request whose Host field is missing, doubled or no host.
// A doubled one is dangerous in any version: the proxy before us may have
// looked at the other. RFC 9112 §3.2
//
//	Host = uri-host [ ":" port ]   RFC 9110 §7.2
func CheckHost(fields []Field, version string) error {
	hosts := 0
	for _, field := range fields {
		if !field.Is("Host") {
			continue
		}
		if hosts++; hosts > 1 {
			return bad("a request has one Host field", "RFC 9112 §3.2", "Host: "+field.Value)
		}
		// An empty one is what a client sends for a URI without a host.
		if field.Value != "" && !requestline.IsAuthority(field.Value) {
			return bad("Host is a host and perhaps a port", "RFC 9112 §3.2", field.Value)
		}
	}
	if hosts == 0 && version != "HTTP/1.0" {
		return bad("a request in HTTP/1.1 has a Host field", "RFC 9112 §3.2", "")
	}
	return nil
}
