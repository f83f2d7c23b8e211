"""What every generated theorem may use: lemmas on powers, and the proof scripts."""

__all__ = ["PRELUDE"]

PRELUDE = r"""
Require Import Reals Lra Psatz Arith Lia.
Open Scope R_scope.

Definition sgn (x : R) : R := if Rlt_dec 0 x then 1 else if Rlt_dec x 0 then -1 else 0.

Fixpoint total (f : nat -> R) (n : nat) : R :=
  match n with O => 0 | S k => total f k + f (S k) end.

Fixpoint growth (s p : R) (n : nat) : R :=
  match n with O => 0 | S k => match k with O => 1 | S j => s * growth s p k - p * growth s p j end
  end.
Lemma growth_step : forall s p n,
  growth s p (S (S n)) = s * growth s p (S n) - p * growth s p n.
Proof. reflexivity. Qed.

Lemma pow_range : forall b n, 0 <= b < 1 -> 0 <= b ^ n <= 1.
Proof. intros b n Hb; induction n as [|n IH]; simpl; [lra | nra]. Qed.
Lemma pow_less : forall b n, 0 <= b < 1 -> 0 <= b ^ (S n) < 1.
Proof. intros b n Hb; pose proof (pow_range b n Hb); simpl; nra. Qed.
Lemma correction : forall b n, 0 <= b < 1 -> 1 - b * b ^ n <> 0.
Proof. intros b n Hb; pose proof (pow_less b n Hb); simpl in *; lra. Qed.
Lemma correction_positive : forall b n, 0 <= b < 1 -> 0 < 1 - b * b ^ n.
Proof. intros b n Hb; pose proof (pow_less b n Hb); simpl in *; lra. Qed.
Lemma pow_step : forall b n, 0 <= b < 1 -> 0 <= b * b ^ n < 1.
Proof. intros b n Hb; exact (pow_less b n Hb). Qed.
Lemma pair_eq : forall (A B : Type) (a c : A) (b d : B), a = c -> b = d -> (a, b) = (c, d).
Proof. intros; subst; reflexivity. Qed.
Lemma root_square : forall x, 0 <= x -> sqrt x * sqrt x = x.
Proof. exact sqrt_sqrt. Qed.
Lemma abs_square : forall x, Rabs x * Rabs x = x * x.
Proof. intros; unfold Rabs; destruct (Rcase_abs x); ring. Qed.

Ltac fact_of x := first [pose proof (root_square x ltac:(nra)) | idtac].
Lemma quotient_nonnegative : forall a b, 0 <= a -> 0 < b -> 0 <= a / b.
Proof.
  intros a b Ha Hb. unfold Rdiv. apply Rmult_le_pos; [assumption|].
  apply Rlt_le, Rinv_0_lt_compat; assumption.
Qed.
Ltac positive := first
  [ assumption | lra | (apply Rabs_pos) | (apply sqrt_pos)
  | (apply correction_positive; first [assumption | lra])
  | (apply Rmult_lt_0_compat; positive) | (apply Rmult_le_pos; positive)
  | (apply Rplus_lt_le_0_compat; positive) | (apply Rplus_le_lt_0_compat; positive)
  | (apply Rplus_lt_0_compat; positive) | (apply Rplus_le_le_0_compat; positive)
  | (apply Rdiv_lt_0_compat; positive) | (apply quotient_nonnegative; positive)
  | (apply sqrt_lt_R0; positive) | (apply pow_lt; positive) | (apply pow_le; positive)
  | nra ].
Lemma times_below : forall x a b, 0 < b -> x <= a / b -> x * b <= a.
Proof. intros x a b Hb H. apply (Rmult_le_compat_r b) in H; [|lra].
  replace (a / b * b) with a in H by (field; lra). exact H. Qed.
Lemma times_under : forall x a b, 0 < b -> x < a / b -> x * b < a.
Proof. intros x a b Hb H. apply (Rmult_lt_compat_r b) in H; [|lra].
  replace (a / b * b) with a in H by (field; lra). exact H. Qed.
Lemma times_above : forall x a b, 0 < b -> x >= a / b -> x * b >= a.
Proof. intros x a b Hb H. apply Rge_le in H. apply (Rmult_le_compat_r b) in H; [|lra].
  replace (a / b * b) with a in H by (field; lra). lra. Qed.
Lemma times_over : forall x a b, 0 < b -> x > a / b -> x * b > a.
Proof. intros x a b Hb H. apply (Rmult_lt_compat_r b) in H; [|lra].
  replace (a / b * b) with a in H by (field; lra). lra. Qed.
Ltac quotients := repeat match goal with
  | H : ?x <= ?a / ?b |- _ => lazymatch goal with _ : x * b <= a |- _ => fail
    | _ => pose proof (times_below x a b ltac:(positive) H) end
  | H : ?x < ?a / ?b |- _ => lazymatch goal with _ : x * b < a |- _ => fail
    | _ => pose proof (times_under x a b ltac:(positive) H) end
  | H : ?x >= ?a / ?b |- _ => lazymatch goal with _ : x * b >= a |- _ => fail
    | _ => pose proof (times_above x a b ltac:(positive) H) end
  | H : ?x > ?a / ?b |- _ => lazymatch goal with _ : x * b > a |- _ => fail
    | _ => pose proof (times_over x a b ltac:(positive) H) end end.
Ltac pow_facts := repeat match goal with
  | |- context [?b ^ ?m] => lazymatch goal with
    | _ : 0 <= b * b ^ m < 1 |- _ => fail
    | _ => pose proof (pow_step b m ltac:(lra)); pose proof (pow_range b m ltac:(lra)) end end.
Ltac nonzero := repeat split; first
  [ assumption | (apply correction; first [assumption | lra])
  | (apply Rgt_not_eq; positive) | lra | (apply INR_not_0; lia)
  | (apply not_eq_sym; assumption) | nra ].
Ltac algebra := first
  [ reflexivity | ring | (unfold Rdiv; ring) | (field; nonzero)
  | (field_simplify_eq; [nra | nonzero]) ].
Ltac join_args := repeat match goal with
  | |- context [?f ?x] => match goal with
    | |- context [f ?y] => lazymatch type of x with R => lazymatch type of (f x) with R =>
        lazymatch x with y => fail | _ => replace (f x) with (f y) by (f_equal; algebra) end
      end end end end.
Ltac equation := first [ algebra | (unfold Rdiv; join_args; algebra) ].
Lemma root_scale : forall c x y, 0 <= c -> x = c * c * y -> sqrt x = c * sqrt y.
Proof.
  intros c x y Hc E. rewrite E. rewrite sqrt_mult_alt by nra.
  rewrite sqrt_square by assumption. reflexivity.
Qed.
Lemma abs_scale : forall c x y, 0 <= c -> x = c * y -> Rabs x = c * Rabs y.
Proof. intros c x y Hc E. rewrite E, Rabs_mult, (Rabs_right c) by lra. reflexivity. Qed.
Lemma max_scale : forall c x y z w, 0 <= c -> x = c * y -> z = c * w ->
  Rmax x z = c * Rmax y w.
Proof. intros c x y z w Hc E F. rewrite E, F. apply RmaxRmult; assumption. Qed.
Lemma abs_flip : forall x y, x = - y -> Rabs x = Rabs y.
Proof. intros x y E. rewrite E. apply Rabs_Ropp. Qed.
Ltac mirror := repeat match goal with
  | |- context [Rabs ?x] => match goal with | |- context [Rabs ?y] =>
    lazymatch x with y => fail | _ => rewrite (abs_flip x y) by ring end end end.
Ltac scale c := repeat match goal with
  | |- context [sqrt ?x] => match goal with | |- context [sqrt ?y] =>
    lazymatch x with y => fail | _ => rewrite (root_scale c x y) by (lra || algebra) end end
  | |- context [Rabs ?x] => match goal with | |- context [Rabs ?y] =>
    lazymatch x with y => fail | _ => rewrite (abs_scale c x y) by (lra || algebra) end end
  end.
Ltac decide_if := repeat match goal with
  | |- context [if ?c then _ else _] => destruct c
  | H : context [if ?c then _ else _] |- _ => destruct c end.
Ltac open_extremes := repeat (unfold Rmax, Rmin, Rabs, sgn in *; decide_if;
  repeat match goal with
  | |- context [Rcase_abs ?x] => destruct (Rcase_abs x)
  | |- context [Rle_dec ?x ?y] => destruct (Rle_dec x y) end).
Ltac finish := pow_facts; first
  [ assumption | lra | equation | nra | (split; finish)
  | (open_extremes; first [lra | equation | nra]) ].
"""
