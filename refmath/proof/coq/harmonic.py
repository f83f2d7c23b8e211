"""The harmonic series for Coq: the sum of 1/j up to 2**k is at least 1 + k/2."""

__all__ = ["HARMONIC"]

HARMONIC = """Lemma block : forall n m N : nat, (1 <= N)%nat -> (n + m <= N)%nat ->
  total (fun j => / INR j) (n + m) >= total (fun j => / INR j) n + INR m * / INR N.
Proof.
  intros n m N HN. induction m as [|m IH]; intro Hm.
  - rewrite Nat.add_0_r. simpl INR. lra.
  - rewrite Nat.add_succ_r. rewrite S_INR. cbn [total].
    assert (IH' := IH ltac:(lia)).
    assert (/ INR N <= / INR (S (n + m))) by (
      apply Rinv_le_contravar; [apply lt_0_INR; lia | apply le_INR; lia]).
    lra.
Qed.
Theorem NAME : forall k : nat, total (fun j => / INR j) (2 ^ k) >= 1 + INR k / 2.
Proof.
  induction k as [|k IH].
  - simpl. lra.
  - rewrite S_INR. replace (2 ^ S k)%nat with (2 ^ k + 2 ^ k)%nat by (simpl; lia).
    assert (P : (1 <= 2 ^ k)%nat) by (clear IH; induction k; simpl; lia).
    pose proof (block (2 ^ k) (2 ^ k) (2 ^ k + 2 ^ k) ltac:(lia) ltac:(lia)) as B.
    assert (Q : 0 < INR (2 ^ k)) by (apply lt_0_INR; lia).
    rewrite plus_INR in B.
    replace (INR (2 ^ k) * / (INR (2 ^ k) + INR (2 ^ k))) with (/ 2) in B by (field; lra).
    lra.
Qed."""
"""A theorem for Coq, with NAME for its name."""
