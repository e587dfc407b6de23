// Command orders is a small shop service under its own load: it answers quotes, searches
// and reports over HTTP, archives what it sold, and writes profiles of itself.
//
// It is written to be profiled. Four things in it are slower than they need to be, and
// each of them shows up in another kind of profile:
//
//   - validSKU compiles its pattern again for every order line (cpu, allocs);
//   - Cache.Get computes missing values while it holds its lock (mutex, block);
//   - Archive keeps every compressed batch for ever (heap, growing from t1 to t2);
//   - Catalog.Search compares the query with every product, letter by letter (cpu).
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"sync"
	"time"
)

// Money is an amount in cents.
type Money int64

func (m Money) times(n int) Money       { return m * Money(n) }
func (m Money) lessPercent(p int) Money { return m - m*Money(p)/100 }
func (m Money) String() string          { return fmt.Sprintf("%d.%02d", m/100, m%100) }
func clamp(v, low, high int) int        { return least(greatest(v, low), high) }
func least[T int | Money](a, b T) T {
	if a < b {
		return a
	}
	return b
}
func greatest[T int | Money](a, b T) T {
	if a > b {
		return a
	}
	return b
}

// mapOf and sumOf are the generic half of the price calculation.
func mapOf[T, U any](in []T, f func(T) U) []U {
	out := make([]U, 0, len(in))
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func sumOf[T any](in []T, amount func(T) Money) (sum Money) {
	for _, v := range in {
		sum += amount(v)
	}
	return sum
}

// Category is a node of the tree of categories; a discount counts for everything below.
type Category struct {
	Name     string
	Discount int
	Parent   *Category
	Children []*Category
	Products []*Product
}

type Product struct {
	SKU, Name string
	Price     Money
	Category  *Category
}

// discount adds up the discounts on the way to the root.
//
//go:noinline
func (c *Category) discount() int {
	if c == nil {
		return 0
	}
	return c.Discount + c.Parent.discount()
}

// walk visits every product below c.
func (c *Category) walk(visit func(*Product)) {
	for _, p := range c.Products {
		visit(p)
	}
	for _, child := range c.Children {
		child.walk(visit)
	}
}

// Cache is a map behind one mutex.
type Cache[K comparable, V any] struct {
	mu   sync.Mutex
	vals map[K]V
	max  int
}

// Get returns the value of key, making it if need be. The lock is held meanwhile.
func (c *Cache[K, V]) Get(key K, fill func(K) V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.vals[key]; ok {
		return v
	}
	if c.vals == nil || len(c.vals) >= c.max {
		c.vals = make(map[K]V, c.max)
	}
	v := fill(key)
	c.vals[key] = v
	return v
}

type Catalog struct {
	root  *Category
	bySKU map[string]*Product
	found Cache[string, []Match]
}

type Match struct {
	SKU      string `json:"sku"`
	Name     string `json:"name"`
	Distance int    `json:"distance"`
}

var nouns = strings.Fields("kettle lamp shelf chair carpet mirror basket candle drawer clock pillow ladder bucket curtain stool")
var kinds = strings.Fields("plain striped folding garden kitchen oak steel paper woollen narrow round antique")

func newCatalog(rnd *rand.Rand) *Catalog {
	c := &Catalog{root: &Category{Name: "all", Discount: 1}, bySKU: map[string]*Product{}}
	c.found.max = 100
	for i, kind := range kinds {
		branch := &Category{Name: kind, Discount: i % 3, Parent: c.root}
		c.root.Children = append(c.root.Children, branch)
		for j, noun := range nouns {
			leaf := &Category{Name: noun, Discount: j % 4, Parent: branch}
			branch.Children = append(branch.Children, leaf)
			for n := 0; n < 3; n++ {
				p := &Product{
					SKU:      fmt.Sprintf("%s-%s-%03d", kind[:3], noun[:3], n),
					Name:     fmt.Sprintf("%s %s no. %d", kind, noun, n),
					Price:    Money(199 + rnd.Intn(20000)),
					Category: leaf,
				}
				leaf.Products = append(leaf.Products, p)
				c.bySKU[p.SKU] = p
			}
		}
	}
	return c
}

// distance counts the edits that turn a into b.
func distance(a, b string, row []int) int {
	for j := range row[:len(b)+1] {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = least(cost, least(row[j], row[j-1])+1)
		}
	}
	return row[len(b)]
}

// Search returns the products whose names are nearest to the query.
func (c *Catalog) Search(query string) []Match {
	return c.found.Get(query, c.nearest)
}

func (c *Catalog) nearest(query string) []Match {
	var all []Match
	row := make([]int, 64)
	c.root.walk(func(p *Product) {
		all = append(all, Match{p.SKU, p.Name, distance(query, p.Name, row)})
	})
	sort.Slice(all, func(i, j int) bool {
		if all[i].Distance != all[j].Distance {
			return all[i].Distance < all[j].Distance
		}
		return all[i].SKU < all[j].SKU
	})
	return append([]Match(nil), all[:10]...)
}

type Line struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

type Order struct {
	ID       int    `json:"id"`
	Customer string `json:"customer"`
	Tier     string `json:"tier"`
	Lines    []Line `json:"lines"`
	Total    Money  `json:"total,omitempty"`
	Seal     string `json:"seal,omitempty"`
}

type Shop struct {
	catalog *Catalog
	archive *Archive
	mu      sync.Mutex
	revenue map[string]Money
}

func validSKU(sku string) bool {
	return regexp.MustCompile(`^[a-z]{3}-[a-z]{3}-\d{3}$`).MatchString(sku)
}

func (s *Shop) price(o *Order) Money {
	prices := mapOf(o.Lines, func(l Line) Money {
		p, known := s.catalog.bySKU[l.SKU]
		if !known || !validSKU(l.SKU) {
			return 0
		}
		return p.Price.times(clamp(l.Quantity, 0, 100)).lessPercent(p.Category.discount())
	})
	return sumOf(prices, func(m Money) Money { return m })
}

// seal makes an order tamper-evident.
func seal(o *Order) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d|%s|%v|%s", o.ID, o.Customer, o.Lines, o.Total)))
	return hex.EncodeToString(sum[:8])
}

func (s *Shop) handleQuote(w http.ResponseWriter, r *http.Request) {
	var o Order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pprof.Do(r.Context(), pprof.Labels("tier", o.Tier), func(context.Context) {
		o.Total = s.price(&o)
		o.Seal = seal(&o)
		s.mu.Lock()
		s.revenue[o.Customer] += o.Total
		s.mu.Unlock()
		s.archive.orders <- o
		reply(w, o)
	})
}

func (s *Shop) handleSearch(w http.ResponseWriter, r *http.Request) {
	reply(w, s.catalog.Search(r.URL.Query().Get("q")))
}

func (s *Shop) handleReport(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	customers := make([]string, 0, len(s.revenue))
	for name := range s.revenue {
		customers = append(customers, name)
	}
	sort.Strings(customers)
	for _, name := range customers {
		fmt.Fprintf(w, "%-24s %12s\n", name, s.revenue[name])
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// labelled names the handler in every sample taken below it.
func labelled(endpoint string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		pprof.Do(r.Context(), pprof.Labels("endpoint", endpoint), func(ctx context.Context) {
			h(w, r.WithContext(ctx))
		})
	}
}

// Archive compresses the orders in batches, in one goroutine.
type Archive struct {
	orders  chan Order
	batches [][]byte
}

func (a *Archive) run() {
	batch := make([]Order, 0, 256)
	for o := range a.orders {
		if batch = append(batch, o); len(batch) == cap(batch) {
			a.batches = append(a.batches, compress(batch))
			batch = batch[:0]
		}
	}
}

func compress(batch []Order) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	lines := json.NewEncoder(z)
	for _, o := range batch {
		lines.Encode(o)
	}
	z.Close()
	return out.Bytes()
}

// client sends requests until ctx ends.
func client(ctx context.Context, base string, shop *Shop, rnd *rand.Rand) {
	skus := make([]string, 0, len(shop.catalog.bySKU))
	shop.catalog.root.walk(func(p *Product) { skus = append(skus, p.SKU) })
	tiers := []string{"gold", "silver", "basic", "basic"}
	for id := 0; ctx.Err() == nil; id++ {
		var res *http.Response
		var err error
		switch n := rnd.Intn(100); {
		case n < 2:
			res, err = http.Get(base + "/report")
		case n < 12:
			// One letter of each word is mistyped, always the same one.
			word := []byte(kinds[rnd.Intn(len(kinds))] + "+" + nouns[rnd.Intn(len(nouns))])
			word[len(word)/3] = 'x'
			res, err = http.Get(base + "/search?q=" + string(word))
		default:
			o := Order{ID: id, Customer: fmt.Sprintf("customer %03d", rnd.Intn(300)), Tier: tiers[rnd.Intn(len(tiers))]}
			for len(o.Lines) < 4+rnd.Intn(12) {
				o.Lines = append(o.Lines, Line{skus[rnd.Intn(len(skus))], 1 + rnd.Intn(9)})
			}
			body, _ := json.Marshal(o)
			res, err = http.Post(base+"/quote", "application/json", bytes.NewReader(body))
		}
		if err != nil {
			log.Print(err)
			return
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// snapshot writes one of the runtime's profiles, as profile.proto (debug 0) or as text.
func snapshot(dir, name, file string, debug int) {
	if name == "heap" {
		runtime.GC()
	}
	f, err := os.Create(filepath.Join(dir, file))
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	if err := pprof.Lookup(name).WriteTo(f, debug); err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	listen := flag.String("listen", "127.0.0.1:0", "address to serve at, with /debug/pprof/ beside the shop")
	capture := flag.String("capture", "", "folder to write profiles to; then end")
	duration := flag.Duration("for", 6*time.Second, "how long to profile with -capture")
	clients := flag.Int("clients", 8, "how many clients make the load")
	flag.Parse()

	runtime.MemProfileRate = 128 << 10
	runtime.SetBlockProfileRate(20_000)
	runtime.SetMutexProfileFraction(5)

	shop := &Shop{catalog: newCatalog(rand.New(rand.NewSource(1))), revenue: map[string]Money{}}
	shop.archive = &Archive{orders: make(chan Order, 16)}
	go pprof.Do(context.Background(), pprof.Labels("worker", "archive"), func(context.Context) { shop.archive.run() })

	http.HandleFunc("/quote", labelled("quote", shop.handleQuote))
	http.HandleFunc("/search", labelled("search", shop.handleSearch))
	http.HandleFunc("/report", labelled("report", shop.handleReport))
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(ln, nil)
	log.Printf("serving at http://%s/", ln.Addr())

	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = *clients
	ctx, stop := context.WithCancel(context.Background())
	var busy sync.WaitGroup
	for i := 0; i < *clients; i++ {
		busy.Add(1)
		rnd := rand.New(rand.NewSource(int64(i)))
		go pprof.Do(ctx, pprof.Labels("worker", "client"), func(ctx context.Context) {
			defer busy.Done()
			client(ctx, "http://"+ln.Addr().String(), shop, rnd)
		})
	}
	if *capture == "" {
		busy.Wait()
	}

	time.Sleep(*duration / 6)
	snapshot(*capture, "heap", "heap-t1.pb.gz", 0)
	cpu, err := os.Create(filepath.Join(*capture, "cpu.pb.gz"))
	if err != nil {
		log.Fatal(err)
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		log.Fatal(err)
	}
	time.Sleep(*duration)
	pprof.StopCPUProfile()
	cpu.Close()
	for _, name := range []string{"goroutine", "threadcreate", "block", "mutex"} {
		snapshot(*capture, name, name+".pb.gz", 0)
	}
	snapshot(*capture, "heap", "heap-t2.pb.gz", 0)
	stop()
	busy.Wait()
	snapshot(*capture, "heap", "heap.pb.gz", 0)
	snapshot(*capture, "allocs", "allocs.pb.gz", 0)
	for _, name := range []string{"heap", "block", "mutex", "threadcreate"} {
		snapshot(*capture, name, name+".debug1.txt", 1)
	}
	log.Printf("%d batches archived", len(shop.archive.batches))
}
