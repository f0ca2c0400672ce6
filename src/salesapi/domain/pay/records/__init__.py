"""What people state and decide about pay: runs, payouts, holds, awards, points, pools, objections."""
