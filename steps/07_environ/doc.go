// Package environ is step 07: How is the app told?
//
// In comes everything that steps 01 to 05 found out; out comes one map, the
// environ, under names that are older than Python: REQUEST_METHOD, PATH_INFO
// and HTTP_HOST are what CGI programs have found in their environment variables
// since 1993. The names that begin with wsgi. are PEP 3333's own.
//
// Here untrusted text becomes trusted names, so this step has the oldest traps
// of all. A field named X_Forwarded_For would come out under the same name as
// X-Forwarded-For, which a proxy in front of us may vouch for: it is dropped.
// A field named Proxy would become HTTP_PROXY, which many programs take for
// their own configuration: it is dropped too.
//
// The path is percent-decoded, exactly once; the query never is, for only the
// application knows what its & and = mean.
//
// Left out on purpose: PATH_TRANSLATED, AUTH_TYPE, REMOTE_USER, REMOTE_IDENT
// and REMOTE_HOST. They speak of files, logins and name servers, and this
// server asks none of them. SCRIPT_NAME is empty: the application is mounted
// at the root.
//
// Read environ.go, then fields.go, then demo/main.go.
//
// PEP 3333 "environ Variables", RFC 3875 §4.1. Next: step 08 call.
package environ
