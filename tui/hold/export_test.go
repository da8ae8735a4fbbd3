package hold

// Known returns how many requests the Gate knows of.
func (g *Gate) Known() int {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return len(g.requests)
}
