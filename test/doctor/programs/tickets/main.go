// Command tickets reads from a slow database, one query after the other.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"time"

	"example.com/lab/harness"
)

type slowDriver struct{}
type slowConn struct{}
type slowStmt struct{ delay time.Duration }
type oneRow struct{ left int }

func (slowDriver) Open(string) (driver.Conn, error)         { return slowConn{}, nil }
func (slowConn) Prepare(q string) (driver.Stmt, error)      { return slowStmt{25 * time.Millisecond}, nil }
func (slowConn) Close() error                               { return nil }
func (slowConn) Begin() (driver.Tx, error)                  { return nil, driver.ErrSkip }
func (slowStmt) Close() error                               { return nil }
func (slowStmt) NumInput() int                              { return 1 }
func (slowStmt) Exec([]driver.Value) (driver.Result, error) { return nil, driver.ErrSkip }
func (s slowStmt) Query([]driver.Value) (driver.Rows, error) {
	time.Sleep(s.delay)
	return &oneRow{1}, nil
}
func (*oneRow) Columns() []string { return []string{"n"} }
func (*oneRow) Close() error      { return nil }
func (o *oneRow) Next(dest []driver.Value) error {
	if o.left == 0 {
		return io.EOF
	}
	o.left--
	dest[0] = int64(7)
	return nil
}

type desk struct {
	db    *sql.DB
	cache map[int]int
}

func (d *desk) openTickets(ctx context.Context, team int) (n int) {
	d.db.QueryRowContext(ctx, "select count(*) from tickets where team = ?", team).Scan(&n)
	return n
}

func (d *desk) dashboard(ctx context.Context) (sum int) {
	for team := 0; team < 4; team++ {
		sum += d.openTickets(ctx, team)
	}
	return sum
}

func main() {
	r := harness.Begin(harness.Plan{})
	sql.Register("slow", slowDriver{})
	db, err := sql.Open("slow", "")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(6)
	for c := 0; c < 18; c++ {
		go func() {
			d := &desk{db, map[int]int{}}
			for r.Alive() {
				if r.Fixed && len(d.cache) > 0 {
					time.Sleep(50 * time.Millisecond)
					continue
				}
				d.cache[0] = d.dashboard(context.Background())
			}
		}()
	}
	r.Wait()
}
