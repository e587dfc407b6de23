// Package upstream talks to a back end over TCP, a line at a time.
package upstream

import (
	"bufio"
	"net"
)

// Client is a connection.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// Dial connects.
func Dial(addr string) (*Client, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Client{c, bufio.NewReader(c)}, nil
}

// Ask sends a question and waits for the answer.
func (c *Client) Ask(q string) (string, error) {
	if _, err := c.conn.Write([]byte(q + "\n")); err != nil {
		return "", err
	}
	return c.in.ReadString('\n')
}
